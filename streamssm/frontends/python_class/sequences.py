"""Sequences of known length: the items of tuples, ranges and arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.path import Path
from streamssm.frontends.python_class.symbolic_values import (
    ArrayValue,
    Element,
    Opaque,
    TupleValue,
    Value,
    WordValue,
)


def items_of(context: TranslationContext, value: Value, path: Path) -> tuple[Value, ...] | None:
    """Return a sequence's items; None if the value is not a sequence."""
    items = lazy_items_of(context, value, path)
    return None if items is None else tuple(read(context, item, path) for item in items)


def lazy_items_of(context: TranslationContext, value: Value, path: Path) -> Sequence[Value] | None:
    """Return the items of a loop; the words of an array are read only when the loop reaches them."""
    if isinstance(value, TupleValue):
        return value.items
    if isinstance(value, Opaque) and isinstance(value.value, range):
        return [context.lift(item) for item in value.value]
    if isinstance(value, ArrayValue):
        return [Element(value.name, index) for index in range(path.arrays[value.name].array.length)]
    return None


def read(context: TranslationContext, value: Value, path: Path) -> Value:
    """Return a value with its array elements loaded on the path."""
    if isinstance(value, Element):
        return WordValue(path.arrays[value.array].load(context.builder.const(value.index)))
    if isinstance(value, TupleValue) and any(isinstance(item, Element) for item in value.items):
        return TupleValue(tuple(read(context, item, path) for item in value.items))
    return value


def balanced(nodes: Sequence[int], combine: Callable[[int, int], int]) -> int:
    """Combine at least one node in a balanced tree that keeps their order."""
    row = list(nodes)
    while len(row) > 1:
        pairs = [combine(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        row = [*pairs, *row[len(pairs) * 2 :]]
    return row[0]
