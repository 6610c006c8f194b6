"""Operators on words.

Nodes are evaluated on every path, so they must be total: a divisor, shift or index that is valid only on its
own path is clamped.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.path import Path
from streamssm.ir.builder import MAX_MAGNITUDE, GraphBuilder
from streamssm.ir.ranges import Range

DIVISORS = Range(1, MAX_MAGNITUDE - 1)
SHIFTS = Range(0, 62)

Apply = Callable[[GraphBuilder, int, int], int]

PLAIN: dict[type[ast.operator], Apply] = {
    ast.Add: GraphBuilder.add,
    ast.Sub: GraphBuilder.sub,
    ast.Mult: GraphBuilder.mul,
    ast.BitAnd: GraphBuilder.bit_and,
    ast.BitOr: GraphBuilder.bit_or,
    ast.BitXor: GraphBuilder.bit_xor,
}

# operation, rule for its right operand, and the range of that operand
GUARDED: dict[type[ast.operator], tuple[Apply, str, Range]] = {
    ast.FloorDiv: (GraphBuilder.floordiv, "the divisor of // must be at least 1", DIVISORS),
    ast.Mod: (GraphBuilder.mod, "the divisor of % must be at least 1", DIVISORS),
    ast.LShift: (GraphBuilder.shl, "a shift must be by 0 to 62 bits", SHIFTS),
    ast.RShift: (GraphBuilder.shr, "a shift must be by 0 to 62 bits", SHIFTS),
}

COMPARISONS: dict[type[ast.cmpop], Apply] = {
    ast.Eq: GraphBuilder.eq,
    ast.NotEq: GraphBuilder.ne,
    ast.Lt: GraphBuilder.lt,
    ast.LtE: GraphBuilder.le,
    ast.Gt: lambda g, a, b: g.lt(b, a),
    ast.GtE: lambda g, a, b: g.le(b, a),
}


def binary(
    context: TranslationContext, node: ast.AST, op: ast.operator, left: int, right: int, path: Path
) -> int | None:
    """Return the node of ``left op right``; None if it was refused."""
    plain = PLAIN.get(type(op))
    if plain is not None:
        return plain(context.builder, left, right)
    if type(op) in GUARDED:
        apply, rule, allowed = GUARDED[type(op)]
        safe = clamped_to(context, node, right, path, allowed, rule)
        return None if safe is None else apply(context.builder, left, safe)
    if isinstance(op, ast.Pow):
        return _power(context, node, left, right)
    context.reject(
        node, "/ is not supported: use // or %" if isinstance(op, ast.Div) else "@ is not supported on ints"
    )
    return None


def clamped_to(
    context: TranslationContext, node: ast.AST, word: int, path: Path, allowed: Range, rule: str
) -> int | None:
    """Return a node that equals the word on the path and is clamped into a range on all others."""
    if allowed.covers(context.builder.range(word)):
        return word
    reached = context.bound(word, path, allowed)
    if reached is not None and not allowed.covers(reached):
        context.reject(node, f"{rule}, not reach {reached}: clamp it, or guard it by an if")
        return None
    return context.builder.clamp(word, reached or allowed)


def _power(context: TranslationContext, node: ast.AST, base: int, exponent: int) -> int | None:
    exponents = context.builder.range(exponent)
    if not exponents.is_constant or exponents.lo < 0:
        context.reject(node, f"the exponent of ** must be a constant of at least 0, not in {exponents}")
        return None
    result, square, left = context.builder.const(1), base, exponents.lo
    while left:
        result = context.builder.mul(result, square) if left % 2 else result
        left //= 2
        square = context.builder.mul(square, square) if left else square
    return result
