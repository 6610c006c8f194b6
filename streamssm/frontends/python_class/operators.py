"""Operators on words, all total: a divisor, shift or index that only the path keeps valid is clamped."""

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

# operation, what its right side is called, and the range that must hold it
GUARDED: dict[type[ast.operator], tuple[Apply, str, Range]] = {
    ast.FloorDiv: (GraphBuilder.floordiv, "the divisor of // must be at least 1", DIVISORS),
    ast.Mod: (GraphBuilder.mod, "the divisor of % must be at least 1", DIVISORS),
    ast.LShift: (GraphBuilder.shl, "a shift must be by 0 to 62 places", SHIFTS),
    ast.RShift: (GraphBuilder.shr, "a shift must be by 0 to 62 places", SHIFTS),
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
    scene: TranslationContext, node: ast.AST, op: ast.operator, left: int, right: int, path: Path
) -> int | None:
    """Return the node of ``left op right``; None if it was refused."""
    plain = PLAIN.get(type(op))
    if plain is not None:
        return plain(scene.builder, left, right)
    if type(op) in GUARDED:
        apply, rule, allowed = GUARDED[type(op)]
        safe = kept_inside(scene, node, right, path, allowed, rule)
        return None if safe is None else apply(scene.builder, left, safe)
    if isinstance(op, ast.Pow):
        return _power(scene, node, left, right)
    scene.reject(
        node, "a division must be // or %, not /" if isinstance(op, ast.Div) else "@ must not be used on ints"
    )
    return None


def kept_inside(
    scene: TranslationContext, node: ast.AST, word: int, path: Path, allowed: Range, rule: str
) -> int | None:
    """Return a node that equals the word on the path and lies in a range everywhere."""
    if allowed.covers(scene.builder.range(word)):
        return word
    found = scene.bound(word, path, allowed)
    if found is not None and not allowed.covers(found):
        scene.reject(node, f"{rule}, not reach {found}")
        return None
    return scene.builder.clamp(word, found or allowed)


def _power(scene: TranslationContext, node: ast.AST, base: int, exponent: int) -> int | None:
    times = scene.builder.range(exponent)
    if not times.is_constant or times.lo < 0:
        scene.reject(node, f"the exponent of ** must be a constant of at least 0, not reach {times}")
        return None
    result, square, left = scene.builder.const(1), base, times.lo
    while left:
        result = scene.builder.mul(result, square) if left % 2 else result
        left //= 2
        square = scene.builder.mul(square, square) if left else square
    return result
