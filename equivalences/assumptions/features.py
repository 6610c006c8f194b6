"""Features: the terms over which invariants are stated, with their values in sampled states.

They are the registers, and aggregates of whole arrays: sums, and the numbers of words with a value.
"""

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

SIDE = "a"  # relations are between two sides; a program alone is side a
FEW_VALUES = 8  # if words have no more values than this, the occurrences of each value are a feature

Column = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Feature:
    """An expression over the registers, and its values."""

    expression: Expression
    column: Column

    @property
    def is_constant(self) -> bool:
        return bool((self.column == self.column[0]).all())


def word(index: int) -> WordRef:
    return WordRef(SIDE, index)


def linear(constant: int, parts: Sequence[tuple[Expression, int]]) -> Expression:
    """Return ``constant + sum(weight * part)`` in its simplest form."""
    if constant == 0 and len(parts) == 1 and parts[0][1] == 1:
        return parts[0][0]
    return Sum(constant, tuple(parts)) if parts else Constant(constant)


def scalars(program: Program, states: Column) -> list[Feature]:
    return [Feature(word(index), states[:, index]) for index in range(len(program.scalars))]


def array_words(program: Program, states: Column) -> list[Feature]:
    """Return the words of all arrays."""
    indices = range(len(program.scalars), len(program.registers))
    return [Feature(word(index), states[:, index]) for index in indices]


def sum_of(array: Array) -> Expression:
    return Sum(0, tuple((word(index), 1) for index in array.places))


def nonzero_words(array: Array) -> Expression:
    """Return the number of an array's words that are not 0."""
    return Sum(0, tuple((Not(Is(word(index), 0)), 1) for index in array.places))


def sum_below(array: Array, scalar: int) -> Expression:
    """Return the sum of an array's words at indices below the value of a register."""
    parts = (When(Positive(Plus(word(scalar), -i)), word(index)) for i, index in enumerate(array.places))
    return Sum(0, tuple((part, 1) for part in parts))


def words_equal_to(array: Array, value: int) -> Expression:
    """Return the number of an array's words that have a value."""
    return Sum(0, tuple((Is(word(index), value), 1) for index in array.places))


def array_aggregates(program: Program, states: Column) -> list[Feature]:
    """Return the sums of arrays, and the numbers of their words with each value."""
    return [feature for array in program.arrays for feature in _aggregates(program, array, states)]


def array_sums(program: Program, states: Column) -> list[Feature]:
    """Return the sums of arrays."""
    return [Feature(sum_of(array), states[:, array.places].sum(axis=1)) for array in program.arrays]


def _aggregates(program: Program, array: Array, states: Column) -> Iterator[Feature]:
    range_, columns = program.registers[array.first].range, states[:, array.places]
    yield Feature(sum_of(array), columns.sum(axis=1))
    if BIT.covers(range_):
        return  # the sum counts the ones
    if range_.holds(0):
        yield Feature(nonzero_words(array), _count(columns != 0))
    if range_.size <= FEW_VALUES:
        for value in {*range(range_.lo, range_.hi + 1)} - {0}:
            yield Feature(words_equal_to(array, value), _count(columns == value))


def sums_below(program: Program, states: Column) -> list[Feature]:
    """Return the sums of array prefixes ``array[:register]``, for registers that range over all lengths."""
    return [
        Feature(sum_below(array, scalar), _below(states[:, array.places], states[:, scalar]))
        for array in program.arrays
        for scalar, register in enumerate(program.scalars)
        if Range(0, array.length).covers(register.range) and register.range.size >= array.length
    ]


def _below(columns: Column, lengths: Column) -> Column:
    indices = np.arange(columns.shape[1])
    sums: Column = np.where(indices < lengths[:, None], columns, 0).sum(axis=1)
    return sums


def _count(hits: NDArray[np.bool_]) -> Column:
    counts: Column = hits.sum(axis=1).astype(object)
    return counts


def declared_range(program: Program, expression: Expression) -> Range:
    """Return the range of an expression that follows from the registers' ranges."""
    return expression.range({SIDE: program.registers})
