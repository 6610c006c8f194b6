"""Exact linear dependencies between columns of integers, by Gaussian elimination modulo a prime.

Fractions would grow with every pivot; residues do not. Rational reconstruction recovers the coefficients, and
each relation is checked on the integers, so that an unlucky residue only loses a candidate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, lcm

import numpy as np
from numpy.typing import NDArray

PRIME = (1 << 61) - 1
# Fractions with numerators and denominators up to here have distinct residues.
LARGEST = isqrt(PRIME // 2)

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
    """Return each column that is a linear combination of independent columns before it, with its weights.

    >>> dependencies([(1, 2, 5, 7), (1, 0, 4, 4), (1, 3, 9, 12)])
    [Dependency(column=3, times=1, weights=((1, 1), (2, 1)))]
    """
    reduced, pivots = _row_reduced(np.array([tuple(row) for row in rows], dtype=object))
    relations = []
    for column in range(reduced.shape[1]):
        if column not in pivots:
            weights = [(pivot, _rational(reduced[rank, column])) for rank, pivot in enumerate(pivots)]
            dependency = _integral(column, [(pivot, weight) for pivot, weight in weights if weight])
            # A residue without a small fraction reconstructs to a wrong one, which fails here.
            if all(map(dependency.holds, rows)):
                relations.append(dependency)
    return relations


def _row_reduced(rows: Matrix) -> tuple[Matrix, list[int]]:
    """Return the reduced row echelon form modulo the prime, and its pivot columns."""
    matrix, pivots = rows % PRIME, list[int]()
    for column in range(matrix.shape[1]):
        rank = len(pivots)
        nonzero = np.flatnonzero(matrix[rank:, column])
        if not len(nonzero):
            continue
        first = rank + int(nonzero[0])
        matrix[[rank, first]] = matrix[[first, rank]]
        matrix[rank] = matrix[rank] * pow(int(matrix[rank, column]), -1, PRIME) % PRIME
        others = np.flatnonzero(matrix[:, column])
        others = others[others != rank]
        matrix[others] = (matrix[others] - np.outer(matrix[others, column], matrix[rank])) % PRIME
        pivots.append(column)
    return matrix, pivots


def _rational(residue: int) -> Fraction:
    """Return the fraction with small numerator and denominator that has this residue (Wang's algorithm)."""
    previous, current, previous_factor, factor = PRIME, int(residue), 0, 1
    # The extended Euclidean algorithm, stopped halfway: every remainder is factor * residue modulo the prime.
    while current > LARGEST:
        quotient = previous // current
        previous, current, previous_factor, factor = (
            current,
            previous - quotient * current,
            factor,
            previous_factor - quotient * factor,
        )
    return Fraction(current, factor) if factor else Fraction(0)


def _integral(column: int, weights: list[tuple[int, Fraction]]) -> Dependency:
    times = lcm(*(weight.denominator for _, weight in weights)) if weights else 1
    return Dependency(column, times, tuple((pivot, int(weight * times)) for pivot, weight in weights))
