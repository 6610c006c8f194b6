"""Simplifications: one rule per operation that returns an existing node of equal value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from streamssm.errors import ParameterError
from streamssm.ir import ranges
from streamssm.ir.graph import Op
from streamssm.ir.ranges import BIT

if TYPE_CHECKING:
    from streamssm.ir.builder import GraphBuilder


def _add(g: GraphBuilder, a: int, b: int) -> int | None:
    if g.is_value(a, 0):
        return b
    return a if g.is_value(b, 0) else None


def _sub(g: GraphBuilder, a: int, b: int) -> int | None:
    if a == b:
        return g.const(0)
    if g.is_value(b, 0):
        return a
    inner = g.nodes[b]
    if inner.op is Op.SUB and g.nodes[inner.args[0]].attr == g.nodes[a].attr and g.nodes[a].op is Op.CONST:
        return inner.args[1] if g.nodes[inner.args[0]].op is Op.CONST else None
    return None


def _mul(g: GraphBuilder, a: int, b: int) -> int | None:
    if g.is_value(a, 0) or g.is_value(b, 0):
        return g.const(0)
    if g.is_value(a, 1):
        return b
    return a if g.is_value(b, 1) else None


def _floordiv(g: GraphBuilder, a: int, b: int) -> int | None:
    return a if g.is_value(b, 1) else None


def _mod(g: GraphBuilder, a: int, b: int) -> int | None:
    return a if 0 <= g.range(a).lo and g.range(a).hi < g.range(b).lo else None


def _min(g: GraphBuilder, a: int, b: int) -> int | None:
    gap = g.difference(a, b)
    if gap.hi > 0 > gap.lo:
        return None
    return g.narrow(a if gap.hi <= 0 else b, ranges.minimum(g.range(a), g.range(b)))


def _max(g: GraphBuilder, a: int, b: int) -> int | None:
    gap = g.difference(a, b)
    if gap.hi > 0 > gap.lo:
        return None
    return g.narrow(a if gap.lo >= 0 else b, ranges.maximum(g.range(a), g.range(b)))


def _and(g: GraphBuilder, a: int, b: int) -> int | None:
    if g.is_value(a, 0) or g.is_value(b, 0):
        return g.const(0)
    for one, other in ((a, b), (b, a)):
        if g.is_value(one, 1) and BIT.covers(g.range(other)):
            return other
    return a if a == b else None


def _or(g: GraphBuilder, a: int, b: int) -> int | None:
    for one, other in ((a, b), (b, a)):
        if g.is_value(one, 0):
            return other
        if g.is_value(one, 1) and BIT.covers(g.range(other)):
            return one
    return a if a == b else None


def _xor(g: GraphBuilder, a: int, b: int) -> int | None:
    if g.is_value(a, 0):
        return b
    if g.is_value(b, 0):
        return a
    return g.const(0) if a == b else None


def _shift(g: GraphBuilder, a: int, b: int) -> int | None:
    return a if g.is_value(b, 0) else None


def _select(g: GraphBuilder, condition: int, a: int, b: int) -> int | None:
    test = g.nodes[condition]
    if test.op is Op.CONST:
        return a if test.index else b
    if not BIT.covers(test.range):
        raise ParameterError(f"a condition must lie in [0, 1], not in {test.range}")
    if test.op in (Op.NE,):
        return g.select(g.not_(condition), b, a)
    if test.op is Op.SUB and g.is_value(test.args[0], 1):
        return g.select(test.args[1], b, a)
    then, other = g.nodes[a], g.nodes[b]
    if then.op is Op.SELECT and then.args[0] == condition:
        return g.select(condition, then.args[1], b)
    if other.op is Op.SELECT and other.args[0] == condition:
        return g.select(condition, a, other.args[2])
    if a == b:
        return a
    if g.is_value(a, 1) and g.is_value(b, 0):
        return condition
    return g.not_(condition) if g.is_value(a, 0) and g.is_value(b, 1) else None


RULES: dict[Op, Callable[..., int | None]] = {
    Op.ADD: _add,
    Op.SUB: _sub,
    Op.MUL: _mul,
    Op.FLOORDIV: _floordiv,
    Op.MOD: _mod,
    Op.MIN: _min,
    Op.MAX: _max,
    Op.AND: _and,
    Op.OR: _or,
    Op.XOR: _xor,
    Op.SHL: _shift,
    Op.SHR: _shift,
    Op.SELECT: _select,
}
