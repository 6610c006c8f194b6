"""Truth tables: exhaustive evaluation of nodes whose leaves have few joint values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import LEAVES, Node, Op, reachable

MAX_ROWS = 1 << 14  # of a truth table: joint values of the leaves

Column = NDArray[np.int64]


def columns(g: GraphBuilder, roots: Sequence[int]) -> list[Column] | None:
    """Return the roots' values for all joint values of their leaves; None if there are too many."""
    order = reachable(g.nodes, roots)
    leaves = [i for i in order if g.nodes[i].op in LEAVES and g.nodes[i].op is not Op.CONST]
    total = 1
    for leaf in leaves:
        total *= g.range(leaf).size
        if total > MAX_ROWS:
            return None
    column: dict[int, Column] = dict(zip(leaves, _grid(g, leaves), strict=True))
    for index in order:
        if index not in column:
            node = g.nodes[index]
            column[index] = np.broadcast_to(_values(node, [column[a] for a in node.args]), (total,))
    return [column[root] for root in roots]


def _grid(g: GraphBuilder, leaves: Sequence[int]) -> list[Column]:
    ends = [(g.range(leaf).lo, g.range(leaf).hi) for leaf in leaves]
    axes = [np.arange(lo, hi + 1, dtype=np.int64) for lo, hi in ends]
    return [axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")]


def _values(node: Node, args: Sequence[Column]) -> Column:
    """Return an operation's values, exact in int64 because words and sums stay below 2^62."""
    if node.op is Op.CONST:
        return np.array(node.index, dtype=np.int64)
    if node.op is Op.SELECT:
        return np.where(args[0] != 0, args[1], args[2])
    if node.op is Op.TABLE:
        first, entries = node.table
        return np.array(entries, dtype=np.int64)[args[0] - first]
    if node.op is Op.NEURON:
        bias, weights, relu = node.neuron
        total = sum((w * arg for w, arg in zip(weights, args, strict=True)), np.array(bias, dtype=np.int64))
        return np.maximum(total, 0) if relu else total
    return np.asarray(BINARY_UFUNCS[node.op](*args), dtype=np.int64)


BINARY_UFUNCS = {
    Op.ADD: np.add,
    Op.SUB: np.subtract,
    Op.MUL: np.multiply,
    Op.FLOORDIV: np.floor_divide,
    Op.MOD: np.mod,
    Op.MIN: np.minimum,
    Op.MAX: np.maximum,
    Op.EQ: np.equal,
    Op.NE: np.not_equal,
    Op.LT: np.less,
    Op.LE: np.less_equal,
    Op.AND: np.bitwise_and,
    Op.OR: np.bitwise_or,
    Op.XOR: np.bitwise_xor,
    Op.SHL: np.left_shift,
    Op.SHR: np.right_shift,
}


def are_equal(g: GraphBuilder, a: int, b: int) -> bool:
    """Return whether two nodes are proven equal for all values of the leaves."""
    if a == b:
        return True
    if g.difference(a, b).is_constant:
        return g.difference(a, b).lo == 0
    values = columns(g, (a, b))
    return values is not None and bool(np.array_equal(values[0], values[1]))


def implies(g: GraphBuilder, a: int, b: int) -> bool:
    """Return whether condition ``a`` is proven to imply condition ``b``."""
    values = columns(g, (a, b))
    if values is not None:
        return bool((values[0] <= values[1]).all())
    return g.bound(a, ((a, True), (b, False))) is None
