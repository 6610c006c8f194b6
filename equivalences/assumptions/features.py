"""What invariants speak of: registers, and figures of whole arrays, each with its values on some states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.proving.arithmetic_expressions import Constant, Plus, Sum
from streamssm.equivalences.proving.conditions import Is, Not, Positive, When
from streamssm.equivalences.proving.expression import Expression, WordRef
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Array
from streamssm.program.program import Program

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


def word(place: int) -> WordRef:
    return WordRef(SIDE, place)


def linear(constant: int, parts: Sequence[tuple[Expression, int]]) -> Expression:
    """Return ``constant + sum(weight * part)``, as plainly as it goes."""
    if constant == 0 and len(parts) == 1 and parts[0][1] == 1:
        return parts[0][0]
    return Sum(constant, tuple(parts)) if parts else Constant(constant)


def scalars(program: Program, states: Column) -> list[Feature]:
    return [Feature(word(place), states[:, place]) for place in range(len(program.scalars))]


def array_words(program: Program, states: Column) -> list[Feature]:
    """Return the words of all arrays."""
    places = range(len(program.scalars), len(program.registers))
    return [Feature(word(place), states[:, place]) for place in places]


def sum_of(array: Array) -> Expression:
    return Sum(0, tuple((word(place), 1) for place in array.places))


def nonzero_words(array: Array) -> Expression:
    """Return the number of an array's words that are not 0."""
    return Sum(0, tuple((Not(Is(word(place), 0)), 1) for place in array.places))


def sum_below(array: Array, scalar: int) -> Expression:
    """Return the sum of an array's words before the place that a register says."""
    parts = (When(Positive(Plus(word(scalar), -i)), word(place)) for i, place in enumerate(array.places))
    return Sum(0, tuple((part, 1) for part in parts))


def words_that_are(array: Array, value: int) -> Expression:
    """Return the number of an array's words that have a value."""
    return Sum(0, tuple((Is(word(place), value), 1) for place in array.places))


def array_figures(program: Program, states: Column) -> list[Feature]:
    """Return the sums of arrays, and how many of their words have some value."""
    return [feature for array in program.arrays for feature in _figures(program, array, states)]


def array_sums(program: Program, states: Column) -> list[Feature]:
    """Return the sums of arrays."""
    return [Feature(sum_of(array), states[:, array.places].sum(axis=1)) for array in program.arrays]


def _figures(program: Program, array: Array, states: Column) -> Iterator[Feature]:
    values, columns = program.registers[array.first].range, states[:, array.places]
    yield Feature(sum_of(array), columns.sum(axis=1))
    if BIT.covers(values):
        return
    if values.holds(0):
        yield Feature(nonzero_words(array), _count(columns != 0))
    if values.size <= FEW_VALUES:
        for value in {*range(values.lo, values.hi + 1)} - {0}:
            yield Feature(words_that_are(array, value), _count(columns == value))


def sums_below(program: Program, states: Column) -> list[Feature]:
    """Return the sums of the first words of arrays, as many as a register says that can be such a number."""
    return [
        Feature(sum_below(array, scalar), _below(states[:, array.places], states[:, scalar]))
        for array in program.arrays
        for scalar, register in enumerate(program.scalars)
        if Range(0, array.length).covers(register.range) and register.range.size >= array.length
    ]


def _below(columns: Column, lengths: Column) -> Column:
    places = np.arange(columns.shape[1])
    found: Column = np.where(places < lengths[:, None], columns, 0).sum(axis=1)
    return found


def _count(hits: NDArray[np.bool_]) -> Column:
    found: Column = hits.sum(axis=1).astype(object)
    return found


def declared(program: Program, expression: Expression) -> Range:
    """Return what an expression can be, going by the registers' ranges."""
    return expression.range({SIDE: program.registers})
