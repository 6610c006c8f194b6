"""Sequences of known length: tuples, ranges and arrays, one value after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.path import Path
from streamssm.frontends.python_class.values import ArrayValue, Element, Opaque, TupleValue, Value, WordValue


def items_of(scene: TranslationContext, value: Value, path: Path) -> tuple[Value, ...] | None:
    """Return what a sequence holds; None if the value is no sequence."""
    found = later_items_of(scene, value, path)
    return None if found is None else tuple(read(scene, item, path) for item in found)


def later_items_of(scene: TranslationContext, value: Value, path: Path) -> Sequence[Value] | None:
    """Return what a loop goes over; the words of an array are to be read when the loop comes to them."""
    if isinstance(value, TupleValue):
        return value.items
    if isinstance(value, Opaque) and isinstance(value.value, range):
        return [scene.lift(item) for item in value.value]
    if isinstance(value, ArrayValue):
        return [Element(value.name, index) for index in range(path.arrays[value.name].array.length)]
    return None


def read(scene: TranslationContext, value: Value, path: Path) -> Value:
    """Return a value with the words of arrays in it as they are on the path."""
    if isinstance(value, Element):
        return WordValue(path.arrays[value.array].load(scene.builder.const(value.index)))
    if isinstance(value, TupleValue) and any(isinstance(item, Element) for item in value.items):
        return TupleValue(tuple(read(scene, item, path) for item in value.items))
    return value


def balanced(nodes: Sequence[int], combine: Callable[[int, int], int]) -> int:
    """Combine nodes, of which there is one at least, as a balanced tree that keeps their order."""
    row = list(nodes)
    while len(row) > 1:
        pairs = [combine(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        row = [*pairs, *row[len(pairs) * 2 :]]
    return row[0]
