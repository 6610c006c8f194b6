"""Other ways to write an operation, which come to the same."""

from __future__ import annotations

from collections.abc import Callable

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Node, Op

Way = Callable[[GraphBuilder, list[int], Node], int]


def _as_table(g: GraphBuilder, args: list[int], node: Node) -> int:
    """Return a quotient or remainder of a small word by a number as a table."""
    values, divisor = g.range(args[0]), g.range(args[1])
    if values.size > 24 or not divisor.is_constant:
        return g.apply(node.op, args, node.attr)
    rule = int.__floordiv__ if node.op is Op.FLOORDIV else int.__mod__
    return g.table(args[0], [rule(v, divisor.lo) for v in range(values.lo, values.hi + 1)], values.lo)


def _table_by_choices(g: GraphBuilder, args: list[int], node: Node) -> int:
    first, values = node.table
    found = g.const(values[-1])
    for place, value in list(enumerate(values))[-2::-1]:
        found = g.select(g.eq(args[0], g.const(first + place)), g.const(value), found)
    return found


def _table_elsewhere(g: GraphBuilder, args: list[int], node: Node) -> int:
    """Return a table with more entries in front and behind, read at another place."""
    first, values = node.table
    index = g.add(args[0], g.const(3))
    return g.table(index, (9, *values, -9, 9), first + 2)


def _table_behind_a_remainder(g: GraphBuilder, args: list[int], node: Node) -> int:
    first, values = node.table
    size = g.const(len(values))
    around = g.add(g.sub(args[0], g.const(first)), g.mul(g.min(args[0], g.const(first + 1)), size))
    return g.table(g.mod(around, size), values)


def _choice_by_products(g: GraphBuilder, args: list[int], node: Node) -> int:
    if any(max(abs(g.range(a).lo), abs(g.range(a).hi)) > 1 << 40 for a in args):
        return g.apply(node.op, args, node.attr)
    return g.add(g.mul(args[0], args[1]), g.mul(g.sub(g.const(1), args[0]), args[2]))


def _choice_by_table(g: GraphBuilder, args: list[int], node: Node) -> int:
    if not all(g.range(a).is_constant for a in args[1:]):
        return g.select(g.eq(args[0], g.const(0)), args[2], args[1])
    return g.table(args[0], (g.range(args[2]).lo, g.range(args[1]).lo))


def _power(g: GraphBuilder, node: int) -> int | None:
    values = g.range(node)
    return (
        values.lo.bit_length() - 1
        if values.is_constant and values.lo & values.lo - 1 == 0 < values.lo
        else None
    )


def _by_shift(g: GraphBuilder, args: list[int], node: Node) -> int:
    """Return a quotient or a remainder by a power of two from the bits."""
    places = _power(g, args[1])
    if places is None:
        return _as_table(g, args, node)
    if node.op is Op.FLOORDIV:
        return g.shr(args[0], g.const(places))
    return g.bit_and(args[0], g.const((1 << places) - 1))


WAYS: dict[Op, tuple[Way, ...]] = {
    Op.ADD: (
        lambda g, args, node: g.sub(args[0], g.neg(args[1])),
        lambda g, args, node: g.sub(g.add(args[1], g.add(args[0], g.const(7))), g.const(7)),
    ),
    Op.SUB: (
        lambda g, args, node: g.neg(g.sub(args[1], args[0])),
        lambda g, args, node: g.add(args[0], g.mul(args[1], g.const(-1))),
    ),
    Op.MUL: (
        lambda g, args, node: g.sub(g.mul(g.add(args[0], g.const(1)), args[1]), args[1]),
        lambda g, args, node: g.neg(g.mul(args[0], g.neg(args[1]))),
    ),
    Op.FLOORDIV: (_as_table, _by_shift),
    Op.MOD: (_as_table, _by_shift, lambda g, args, node: g.sub(args[0], g.mul(g.floordiv(*args), args[1]))),
    Op.MIN: (
        lambda g, args, node: g.sub(g.add(*args), g.max(*args)),
        lambda g, args, node: g.select(g.lt(*args), *args),
        lambda g, args, node: g.neg(g.max(g.neg(args[0]), g.neg(args[1]))),
    ),
    Op.MAX: (
        lambda g, args, node: g.sub(g.add(*args), g.min(*args)),
        lambda g, args, node: g.select(g.le(*args), args[1], args[0]),
        lambda g, args, node: g.add(args[1], g.neuron(0, ((1, args[0]), (-1, args[1])), relu=True)),
    ),
    Op.EQ: (
        lambda g, args, node: g.bit_and(g.le(args[0], args[1]), g.le(args[1], args[0])),
        lambda g, args, node: g.sub(g.const(1), g.min(g.const(1), g.abs(g.sub(*args)))),
    ),
    Op.NE: (lambda g, args, node: g.bit_or(g.lt(args[0], args[1]), g.lt(args[1], args[0])),),
    Op.LT: (
        lambda g, args, node: g.le(g.add(args[0], g.const(1)), args[1]),
        lambda g, args, node: g.sub(g.const(1), g.le(args[1], args[0])),
    ),
    Op.LE: (
        lambda g, args, node: g.sub(g.const(1), g.lt(args[1], args[0])),
        lambda g, args, node: g.eq(g.max(*args), args[1]),
    ),
    Op.AND: (lambda g, args, node: g.sub(g.add(*args), g.bit_or(*args)),),
    Op.OR: (lambda g, args, node: g.add(g.bit_xor(*args), g.bit_and(*args)),),
    Op.XOR: (lambda g, args, node: g.sub(g.bit_or(*args), g.bit_and(*args)),),
    Op.SHL: (lambda g, args, node: g.mul(args[0], g.shl(g.const(1), args[1])),),
    Op.SHR: (lambda g, args, node: g.floordiv(args[0], g.shl(g.const(1), args[1])),),
    Op.SELECT: (_choice_by_products, _choice_by_table),
    Op.TABLE: (_table_by_choices, _table_elsewhere, _table_behind_a_remainder),
}  # fmt: skip
