"""Indexing: tuples by constants, and by words through tables and selects; arrays by their ports."""

from __future__ import annotations

import ast

from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.operators import kept_inside
from streamssm.frontends.python_class.path import Path
from streamssm.frontends.python_class.values import (
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
    scene: TranslationContext, node: ast.Subscript, whole: Value, index: Value, path: Path
) -> Value:
    """Return ``whole[index]``."""
    if isinstance(whole, Unknown) or isinstance(index, Unknown):
        return UNKNOWN
    if isinstance(whole, Unusable):
        return scene.reject(node, whole.why)
    if isinstance(whole, ArrayValue):
        place = array_place(scene, node, whole, index, path)
        return UNKNOWN if place is None else WordValue(path.arrays[whole.name].load(place))
    if not isinstance(whole, TupleValue):
        return scene.reject(node, f"only a tuple or an array must be indexed, not {kind_of(whole)}")
    word = scene.word(node, index)
    if word is None:
        return UNKNOWN
    size = len(whole.items)
    known = scene.known_int(index)
    if known is not None and -size <= known < size:
        return whole.items[known]
    if not size:
        return scene.reject(node, "an empty tuple must not be indexed")
    inside = Range(0, size - 1)
    safe = kept_inside(scene, node, word, path, inside, f"an index of this tuple must be in {inside}")
    return UNKNOWN if safe is None else _looked_up(scene, node, whole.items, safe)


def array_place(
    scene: TranslationContext, node: ast.Subscript, array: ArrayValue, index: Value, path: Path
) -> int | None:
    """Return the node of an index that lies in the array; None if it was refused."""
    word = scene.word(node, index)
    if word is None:
        return None
    places = path.arrays[array.name].places
    rule = f"an index of {ast.unparse(node.value)} must lie in {places}"
    safe = kept_inside(scene, node, word, path, places, rule)
    constant = None if safe is None else scene.known_int(WordValue(safe))
    return safe if constant is None else scene.builder.const(constant)


def _looked_up(scene: TranslationContext, node: ast.AST, items: tuple[Value, ...], index: int) -> Value:
    lengths = {len(item.items) if isinstance(item, TupleValue) else None for item in items}
    if len(lengths) == 1 and isinstance(items[0], TupleValue):
        rows = [item.items for item in items if isinstance(item, TupleValue)]
        columns = zip(*rows, strict=True)
        return TupleValue(tuple(_looked_up(scene, node, column, index) for column in columns))
    words = scene.words(node, items)
    if words is None:
        return UNKNOWN
    constants = [scene.builder.range(word).lo for word in words if scene.builder.range(word).is_constant]
    if len(constants) == len(words):
        return WordValue(scene.builder.table(index, constants))
    return WordValue(_selected(scene, words, index))


def _selected(scene: TranslationContext, words: list[int], index: int) -> int:
    found = words[-1]
    for place in range(len(words) - 2, -1, -1):
        here = scene.builder.eq(index, scene.builder.const(place))
        found = scene.builder.select(here, words[place], found)
    return found
