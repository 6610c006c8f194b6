"""Expression graphs on bit-vectors: one entry for each operation, mirroring `streamssm.ir.semantics`.

The ranges that nodes state are not trusted, and not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from streamssm.equivalences.rechecking.vectors import Bool, Int, Script
from streamssm.ir.graph import Node, Op, reachable
from streamssm.ir.ranges import Range


@dataclass
class VectorLeaves:
    """The values of a graph's leaves, and the conditions under which Python would raise or wrap an index."""

    fields: Sequence[Int]
    registers: Sequence[Int]
    traps: list[Bool] = field(default_factory=list)
    begin: Int | None = None  # None where there is a token


def written(
    script: Script, nodes: Sequence[Node], roots: Iterable[int], leaves: VectorLeaves
) -> dict[int, Int]:
    """Return the bit-vectors of the nodes that the roots need."""
    values: dict[int, Int] = {}
    for index in reachable(nodes, roots):
        node = nodes[index]
        values[index] = _OPERATIONS[node.op](script, leaves, node, [values[arg] for arg in node.args])
    return values


Operation = Callable[[Script, VectorLeaves, Node, list[Int]], Int]


def _divmod(part: int) -> Operation:
    def write(s: Script, leaves: VectorLeaves, node: Node, args: list[Int]) -> Int:
        # SMT-LIB defines division by 0, Python raises: it has to be shown impossible.
        leaves.traps.append(s.equal(args[1], s.const(0)))
        return s.floor_divmod(args[0], args[1])[part]

    return write


def _shift(left: bool) -> Operation:
    def write(s: Script, leaves: VectorLeaves, node: Node, args: list[Int]) -> Int:
        # As an unsigned number, a negative amount would be a huge shift; Python raises.
        leaves.traps.append(s.less(args[1], s.const(0)))
        return s.shift_left(*args) if left else s.shift_right(*args)

    return write


def _table(s: Script, leaves: VectorLeaves, node: Node, args: list[Int]) -> Int:
    first, entries = node.table
    # Python would read a negative index from the end of the table.
    leaves.traps.append(s.outside(args[0], Range(first, first + len(entries) - 1)))
    return s.entry([s.const(entry) for entry in entries], args[0], first)


def _load(s: Script, leaves: VectorLeaves, node: Node, args: list[Int]) -> Int:
    first, length = node.load
    # The same for a load: an index below 0 or past the array has to be shown impossible.
    leaves.traps.append(s.outside(args[0], Range(0, length - 1)))
    s.note_index(args[0])
    return s.entry(leaves.registers[first : first + length], args[0], 0)


def _neuron(s: Script, leaves: VectorLeaves, node: Node, args: list[Int]) -> Int:
    bias, weights, relu = node.neuron
    total = s.sum(bias, zip(args, weights, strict=True))
    return s.maximum(total, s.const(0)) if relu else total


_OPERATIONS: dict[Op, Operation] = {
    Op.CONST: lambda s, leaves, node, args: s.const(node.index),
    Op.FIELD: lambda s, leaves, node, args: leaves.fields[node.index],
    Op.REGISTER: lambda s, leaves, node, args: leaves.registers[node.index],
    Op.BEGIN: lambda s, leaves, node, args: leaves.begin or s.const(0),
    Op.ADD: lambda s, leaves, node, args: s.add(*args),
    Op.SUB: lambda s, leaves, node, args: s.sub(*args),
    Op.MUL: lambda s, leaves, node, args: s.mul(*args),
    Op.FLOORDIV: _divmod(0),
    Op.MOD: _divmod(1),
    Op.MIN: lambda s, leaves, node, args: s.minimum(*args),
    Op.MAX: lambda s, leaves, node, args: s.maximum(*args),
    Op.EQ: lambda s, leaves, node, args: s.number(s.equal(*args)),
    Op.NE: lambda s, leaves, node, args: s.number(s.negation(s.equal(*args))),
    Op.LT: lambda s, leaves, node, args: s.number(s.less(*args)),
    Op.LE: lambda s, leaves, node, args: s.number(s.less_equal(*args)),
    Op.AND: lambda s, leaves, node, args: s.bitwise("bvand", *args),
    Op.OR: lambda s, leaves, node, args: s.bitwise("bvor", *args),
    Op.XOR: lambda s, leaves, node, args: s.bitwise("bvxor", *args),
    Op.SHL: _shift(True),
    Op.SHR: _shift(False),
    Op.SELECT: lambda s, leaves, node, args: s.choose(s.nonzero(args[0]), args[1], args[2]),
    Op.TABLE: _table,
    Op.LOAD: _load,
    Op.NEURON: _neuron,
}
