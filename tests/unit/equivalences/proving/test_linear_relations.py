"""Linear dependencies are exact, and all of them are found."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from streamssm.equivalences.proving.linear_relations import Dependency, dependencies
from tests.soak import examples


def rank(rows: list[list[int]]) -> int:
    """Return the rank over the rationals, by plain elimination."""
    remaining, num_pivots = [[Fraction(value) for value in row] for row in rows], 0
    for column in range(len(rows[0])):
        chosen = next((row for row in remaining[num_pivots:] if row[column]), None)
        if chosen is None:
            continue
        remaining.remove(chosen)
        remaining.insert(num_pivots, chosen)
        for index, row in enumerate(remaining):
            if index != num_pivots and row[column]:
                remaining[index] = [
                    a - row[column] / chosen[column] * b for a, b in zip(row, chosen, strict=True)
                ]
        num_pivots += 1
    return num_pivots


@pytest.mark.soak
def test_each_dependent_column_is_found_and_right() -> None:
    for seed in range(examples(60)):
        draw = Random(seed)
        width = draw.randint(1, 7)
        base = [[draw.randint(-9, 9) for _ in range(3)] for _ in range(draw.randint(1, 12))]
        mixes = [[draw.choice((0, 0, 1, -1, 2, 5)) for _ in range(3)] for _ in range(width)]
        rows = [[sum(x * m for x, m in zip(row, mix, strict=True)) for mix in mixes] for row in base]
        relations = dependencies(rows)
        assert all(dependency.holds(row) for dependency in relations for row in rows)
        assert len(relations) == width - rank(rows)
        assert all(column < found_one.column for found_one in relations for column, _ in found_one.weights)


def test_fractions_are_cleared() -> None:
    rows = [(1, 2, 3), (1, 4, 6), (1, 6, 9)]
    assert dependencies(rows) == [Dependency(2, 2, ((1, 3),))]


def test_large_values_are_exact() -> None:
    big = 1 << 60
    rows = [(1, x, x * big + 1) for x in (0, 1, 2, 5)]
    assert dependencies(rows) in ([], [Dependency(2, 1, ((0, 1), (1, big)))])
    assert dependencies([(1, x, x * x) for x in range(4)]) == []
