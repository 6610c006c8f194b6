"""Indexing tuples: by constants, and by words through tables and selects."""

from __future__ import annotations

import ast

from streamssm.frontends.python_class.operators import kept_inside
from streamssm.frontends.python_class.path import Path
from streamssm.frontends.python_class.scene import Scene
from streamssm.frontends.python_class.values import (
    UNKNOWN,
    TupleValue,
    Unknown,
    Unusable,
    Value,
    WordValue,
    kind_of,
)
from streamssm.program.ranges import Range


def subscript(scene: Scene, node: ast.Subscript, whole: Value, index: Value, path: Path) -> Value:
    """Return ``whole[index]``."""
    if isinstance(whole, Unknown) or isinstance(index, Unknown):
        return UNKNOWN
    if isinstance(whole, Unusable):
        return scene.reject(node, whole.why)
    if not isinstance(whole, TupleValue):
        return scene.reject(node, f"only a tuple must be indexed, not {kind_of(whole)}")
    word = scene.word(node, index)
    if word is None:
        return UNKNOWN
    size = len(whole.items)
    known = scene.known_int(index)
    if known is not None and -size <= known < size:
        return whole.items[known]
    if not size:
        return scene.reject(node, "an empty tuple must not be indexed")
    rule = f"an index of this tuple must be in {Range(0, size - 1)}"
    safe = kept_inside(scene, node, word, path, Range(0, size - 1), rule)
    return UNKNOWN if safe is None else _looked_up(scene, node, whole.items, safe)


def _looked_up(scene: Scene, node: ast.AST, items: tuple[Value, ...], index: int) -> Value:
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


def _selected(scene: Scene, words: list[int], index: int) -> int:
    found = words[-1]
    for place in range(len(words) - 2, -1, -1):
        here = scene.builder.eq(index, scene.builder.const(place))
        found = scene.builder.select(here, words[place], found)
    return found
