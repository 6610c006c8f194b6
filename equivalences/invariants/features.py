"""What invariants speak of: registers, and figures of whole arrays, each with its values on some states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.proving.relation import Expression
from streamssm.program.program import Program
from streamssm.program.ranges import BIT
from streamssm.program.words import Array

SIDE = "a"  # a program's only side, as relations name it
FEW_VALUES = 8  # of an array's words: how often each occurs is looked at, too

Column = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Feature:
    """An expression over the registers, and its values."""

    expression: Expression
    column: Column

    @property
    def is_constant(self) -> bool:
        return bool((self.column == self.column[0]).all())


def word(place: int) -> Expression:
    return (SIDE, place)


def linear(constant: int, parts: Sequence[tuple[Expression, int]]) -> Expression:
    """Return ``constant + sum(weight * part)``, as plainly as it goes."""
    if constant == 0 and len(parts) == 1 and parts[0][1] == 1:
        return parts[0][0]
    return ("sum", constant, tuple(parts)) if parts else constant


def scalars(program: Program, states: Column) -> list[Feature]:
    return [Feature(word(place), states[:, place]) for place in range(len(program.scalars))]


def array_words(program: Program, states: Column) -> list[Feature]:
    """Return the words of all arrays."""
    places = range(len(program.scalars), len(program.registers))
    return [Feature(word(place), states[:, place]) for place in places]


def array_figures(program: Program, states: Column) -> list[Feature]:
    """Return the sums of arrays, and how many of their words have some value."""
    return [feature for array in program.arrays for feature in _figures(program, array, states)]


def _figures(program: Program, array: Array, states: Column) -> Iterator[Feature]:
    values, columns = program.registers[array.first].range, states[:, array.first :][:, : array.length]
    yield Feature(("sum", 0, tuple((word(place), 1) for place in array.places)), columns.sum(axis=1))
    if BIT.covers(values):
        return
    if values.holds(0):
        flags = tuple((("not", ("is", word(place), 0)), 1) for place in array.places)
        yield Feature(("sum", 0, flags), (columns != 0).astype(object).sum(axis=1))
    if values.size <= FEW_VALUES:
        for value in range(values.lo, values.hi + 1):
            flags = tuple((("is", word(place), value), 1) for place in array.places)
            yield Feature(("sum", 0, flags), (columns == value).astype(object).sum(axis=1))
