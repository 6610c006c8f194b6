"""The semantics of the operations: the one table that interpreters, folding and ranges are built on."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

from streamssm.ir import ranges
from streamssm.ir.graph import Attr, Node, Op
from streamssm.ir.ranges import BIT, Range

BINARY: dict[Op, Callable[[int, int], int]] = {
    Op.ADD: operator.add,
    Op.SUB: operator.sub,
    Op.MUL: operator.mul,
    Op.FLOORDIV: operator.floordiv,
    Op.MOD: operator.mod,
    Op.MIN: min,
    Op.MAX: max,
    Op.EQ: lambda a, b: int(a == b),
    Op.NE: lambda a, b: int(a != b),
    Op.LT: lambda a, b: int(a < b),
    Op.LE: lambda a, b: int(a <= b),
    Op.AND: operator.and_,
    Op.OR: operator.or_,
    Op.XOR: operator.xor,
    Op.SHL: operator.lshift,
    Op.SHR: operator.rshift,
}

BINARY_RANGES: dict[Op, Callable[[Range, Range], Range]] = {
    Op.ADD: ranges.add,
    Op.SUB: ranges.sub,
    Op.MUL: ranges.mul,
    Op.FLOORDIV: ranges.floordiv,
    Op.MOD: ranges.mod,
    Op.MIN: ranges.minimum,
    Op.MAX: ranges.maximum,
    Op.EQ: lambda a, b: BIT,
    Op.NE: lambda a, b: BIT,
    Op.LT: lambda a, b: BIT,
    Op.LE: lambda a, b: BIT,
    Op.AND: ranges.bit_and,
    Op.OR: ranges.bit_or,
    Op.XOR: ranges.bit_xor,
    Op.SHL: ranges.shl,
    Op.SHR: ranges.shr,
}


def _select(args: Sequence[int], attr: Attr) -> int:
    return args[1] if args[0] else args[2]


def _table(args: Sequence[int], attr: Attr) -> int:
    assert isinstance(attr, tuple) and isinstance(attr[1], tuple)
    return attr[1][_checked_index(args[0] - attr[0], len(attr[1]))]


def _checked_index(index: int, length: int) -> int:
    """Return the index if it lies in the table; Python would count a negative one from the end."""
    if not 0 <= index < length:
        raise IndexError(f"an index must lie in [0, {length - 1}], not be {index}")
    return index


def _neuron(args: Sequence[int], attr: Attr) -> int:
    assert isinstance(attr, tuple) and len(attr) == 3
    bias, weights, relu = attr
    total = bias + sum(w * x for w, x in zip(weights, args, strict=True))
    return max(total, 0) if relu else total


OTHER: dict[Op, Callable[[Sequence[int], Attr], int]] = {
    Op.SELECT: _select,
    Op.TABLE: _table,
    Op.NEURON: _neuron,
}


def apply(op: Op, args: Sequence[int], attr: Attr) -> int:
    """Return the value of an operation (no leaf, no load) on argument values."""
    binary = BINARY.get(op)
    return binary(args[0], args[1]) if binary else OTHER[op](args, attr)


def range_of(op: Op, args: Sequence[Range], attr: Attr) -> Range:
    """Return the range of an operation (no leaf) from its arguments' ranges alone."""
    binary = BINARY_RANGES.get(op)
    return binary(args[0], args[1]) if binary else OTHER_RANGES[op](args, attr)


def _select_range(args: Sequence[Range], attr: Attr) -> Range:
    return args[1].hull(args[2])


def _table_range(args: Sequence[Range], attr: Attr) -> Range:
    assert isinstance(attr, tuple) and isinstance(attr[1], tuple)
    first, values = attr[0], attr[1]
    # the index was proven to lie inside when the table was built; a range that was inferred later by other
    # means may be wider, and a slice must not begin below the first entry
    inside = Range(first, first + len(values) - 1)
    reached = args[0].meet(inside) or inside
    return ranges.around(values[reached.lo - first : reached.hi - first + 1])


def _neuron_range(args: Sequence[Range], attr: Attr) -> Range:
    assert isinstance(attr, tuple) and len(attr) == 3
    bias, weights, relu = attr
    total = ranges.constant(bias)
    for weight, arg in zip(weights, args, strict=True):
        total = ranges.add(total, ranges.scale(arg, weight))
    return Range(max(total.lo, 0), max(total.hi, 0)) if relu else total


OTHER_RANGES: dict[Op, Callable[[Sequence[Range], Attr], Range]] = {
    Op.SELECT: _select_range,
    Op.TABLE: _table_range,
    Op.NEURON: _neuron_range,
}


def evaluate(
    nodes: Sequence[Node], registers: Sequence[int], fields: Sequence[int], begin: int = 0
) -> list[int]:
    """Return the value of every node."""
    leaves: dict[Op, Sequence[int]] = {Op.REGISTER: registers, Op.FIELD: fields}
    values: list[int] = []
    for node in nodes:
        if node.op is Op.CONST:
            values.append(node.index)
        elif node.op is Op.BEGIN:
            values.append(begin)
        elif node.op in leaves:
            values.append(leaves[node.op][node.index])
        elif node.op is Op.LOAD:
            first, length = node.load
            values.append(registers[first + _checked_index(values[node.args[0]], length)])
        else:
            values.append(apply(node.op, [values[arg] for arg in node.args], node.attr))
    return values
