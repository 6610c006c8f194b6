"""Comparisons: of words, with None, and membership in sequences."""

from __future__ import annotations

import ast

from streamssm.frontends.python_class import operators
from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.path import Path
from streamssm.frontends.python_class.sequences import balanced, items_of
from streamssm.frontends.python_class.symbolic_values import Opaque, Unknown, Unusable, Value, kind_of


def comparison(
    context: TranslationContext, node: ast.Compare, op: ast.cmpop, left: Value, right: Value, path: Path
) -> int | None:
    """Return the condition ``left op right``; None if it was refused."""
    if isinstance(op, ast.Is | ast.IsNot):
        return _identity(context, node, left, right, isinstance(op, ast.Is))
    if isinstance(op, ast.In | ast.NotIn):
        condition = _membership(context, node, left, right, path)
        if condition is None or isinstance(op, ast.In):
            return condition
        return context.builder.not_(condition)
    nodes = context.words(node, (left, right))
    return None if nodes is None else operators.COMPARISONS[type(op)](context.builder, *nodes)


def _identity(
    context: TranslationContext, node: ast.Compare, left: Value, right: Value, same: bool
) -> int | None:
    nones = [isinstance(v, Opaque) and v.value is None for v in (left, right)]
    if any(isinstance(v, Unknown | Unusable) for v in (left, right)) or not any(nones):
        context.words(node, (left, right))
        context.reject(node, "`is` can only compare with None: compare ints by ==")
        return None
    return context.builder.const(int(all(nones) == same))


def _membership(
    context: TranslationContext, node: ast.Compare, left: Value, right: Value, path: Path
) -> int | None:
    word = context.word(node, left)
    g = context.builder
    items = items_of(context, right, path)
    if items is None:
        if not isinstance(right, Unknown):
            message = f"`in` must be followed by a tuple, an array or a range, not {kind_of(right)}"
            context.reject(node, message)
        return None
    members = context.words(node, items)
    if word is None or members is None:
        return None
    return balanced([g.eq(word, member) for member in members] or [g.const(0)], g.bit_or)
