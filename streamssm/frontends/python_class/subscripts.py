"""Indexing: tuples by constants, or by words through tables and selects; arrays by their stores."""

from __future__ import annotations

import ast

from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.operators import clamped_to
from streamssm.frontends.python_class.path import Path
from streamssm.frontends.python_class.symbolic_values import (
    UNKNOWN,
    ArrayValue,
    TupleValue,
    Unknown,
    Unusable,
    Value,
    WordValue,
    kind_of,
)
from streamssm.ir.ranges import Range


def subscript(
    context: TranslationContext, node: ast.Subscript, whole: Value, index: Value, path: Path
) -> Value:
    """Return ``whole[index]``."""
    if isinstance(whole, Unknown) or isinstance(index, Unknown):
        return UNKNOWN
    if isinstance(whole, Unusable):
        return context.reject(node, whole.why)
    if isinstance(whole, ArrayValue):
        position = array_index(context, node, whole, index, path)
        return UNKNOWN if position is None else WordValue(path.arrays[whole.name].load(position))
    if not isinstance(whole, TupleValue):
        return context.reject(node, f"cannot index {kind_of(whole)}: use a tuple or an array")
    word = context.word(node, index)
    if word is None:
        return UNKNOWN
    size = len(whole.items)
    known = context.known_int(index)
    if known is not None and -size <= known < size:
        return whole.items[known]
    if not size:
        return context.reject(node, "cannot index an empty tuple")
    inside = Range(0, size - 1)
    safe = clamped_to(context, node, word, path, inside, f"an index of this tuple must be in {inside}")
    return UNKNOWN if safe is None else _looked_up(context, node, whole.items, safe)


def array_index(
    context: TranslationContext, node: ast.Subscript, array: ArrayValue, index: Value, path: Path
) -> int | None:
    """Return the node of an index within the array; None if it was refused."""
    word = context.word(node, index)
    if word is None:
        return None
    indices = path.arrays[array.name].index_range
    rule = f"an index of {ast.unparse(node.value)} must be in {indices}"
    safe = clamped_to(context, node, word, path, indices, rule)
    constant = None if safe is None else context.known_int(WordValue(safe))
    return safe if constant is None else context.builder.const(constant)


def _looked_up(context: TranslationContext, node: ast.AST, items: tuple[Value, ...], index: int) -> Value:
    lengths = {len(item.items) if isinstance(item, TupleValue) else None for item in items}
    if len(lengths) == 1 and isinstance(items[0], TupleValue):
        rows = [item.items for item in items if isinstance(item, TupleValue)]
        columns = zip(*rows, strict=True)
        return TupleValue(tuple(_looked_up(context, node, column, index) for column in columns))
    words = context.words(node, items)
    if words is None:
        return UNKNOWN
    constants = [context.builder.range(word).lo for word in words if context.builder.range(word).is_constant]
    if len(constants) == len(words):
        return WordValue(context.builder.table(index, constants))
    return WordValue(_selected(context, words, index))


def _selected(context: TranslationContext, words: list[int], index: int) -> int:
    word = words[-1]
    for position in range(len(words) - 2, -1, -1):
        is_index = context.builder.eq(index, context.builder.const(position))
        word = context.builder.select(is_index, words[position], word)
    return word
