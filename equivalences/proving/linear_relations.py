"""Linear dependencies between columns of integers, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, lcm

import numpy as np
from numpy.typing import NDArray

PRIME = (1 << 61) - 1
LARGEST = isqrt(PRIME // 2)  # numerators and denominators up to here are told apart modulo the prime

Matrix = NDArray[np.object_]


@dataclass(frozen=True)
class Dependency:
    """``times * column = sum(weight * earlier column)``, with ``times`` at least 1."""

    column: int
    times: int
    weights: tuple[tuple[int, int], ...]  # (column, weight)

    def holds(self, row: Sequence[int]) -> bool:
        total = sum(weight * row[pivot] for pivot, weight in self.weights)
        return total == self.times * row[self.column]


def dependencies(rows: Sequence[Sequence[int]]) -> list[Dependency]:
    """Return each column that is a combination of independent columns before it, with that combination.

    >>> dependencies([(1, 2, 5, 7), (1, 0, 4, 4), (1, 3, 9, 12)])
    [Dependency(column=3, times=1, weights=((1, 1), (2, 1)))]
    """
    reduced, pivots = _reduced(np.array([tuple(row) for row in rows], dtype=object))
    found = []
    for column in range(reduced.shape[1]):
        if column not in pivots:
            weights = [(pivot, _rational(reduced[place, column])) for place, pivot in enumerate(pivots)]
            made = _integral(column, [(pivot, weight) for pivot, weight in weights if weight])
            if all(map(made.holds, rows)):
                found.append(made)
    return found


def _reduced(rows: Matrix) -> tuple[Matrix, list[int]]:
    """Return the reduced echelon form modulo the prime, and the columns of its leading ones."""
    left, pivots = rows % PRIME, list[int]()
    for column in range(left.shape[1]):
        place = len(pivots)
        nonzero = np.flatnonzero(left[place:, column])
        if not len(nonzero):
            continue
        first = place + int(nonzero[0])
        left[[place, first]] = left[[first, place]]
        left[place] = left[place] * pow(int(left[place, column]), -1, PRIME) % PRIME
        others = np.flatnonzero(left[:, column])
        others = others[others != place]
        left[others] = (left[others] - np.outer(left[others, column], left[place])) % PRIME
        pivots.append(column)
    return left, pivots


def _rational(residue: int) -> Fraction:
    """Return the fraction of small parts that a residue stands for; a wrong one does not hold on the rows."""
    before, now, seen, factor = PRIME, int(residue), 0, 1
    while now > LARGEST:
        quotient = before // now
        before, now, seen, factor = now, before - quotient * now, factor, seen - quotient * factor
    return Fraction(now, factor) if factor else Fraction(0)


def _integral(column: int, weights: list[tuple[int, Fraction]]) -> Dependency:
    times = lcm(*(weight.denominator for _, weight in weights)) if weights else 1
    return Dependency(column, times, tuple((pivot, int(weight * times)) for pivot, weight in weights))
