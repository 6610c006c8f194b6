"""Permutations of points 0..n-1 as arrays of images; they act on the right: point x maps to p[x]."""

from __future__ import annotations

from collections.abc import Iterable
from math import lcm

import numpy as np
from numpy.typing import ArrayLike, NDArray

from streamssm.errors import ParameterError

Permutation = NDArray[np.int32]


def permutation_of(images: ArrayLike, degree: int) -> Permutation:
    """Return images as a permutation; ParameterError if they are not a permutation of 0..degree-1."""
    permutation = np.ascontiguousarray(images, dtype=np.int32)
    if permutation.shape != (degree,) or not np.array_equal(np.sort(permutation), np.arange(degree)):
        raise ParameterError(f"images must be a permutation of 0..{degree - 1}, not {permutation.tolist()}")
    return permutation


def then(first: Permutation, second: Permutation) -> Permutation:
    """Return the product: first, then second."""
    product: Permutation = second[first]
    return product


def inverse(p: Permutation) -> Permutation:
    """Return the inverse of a permutation."""
    inverted = np.empty_like(p)
    inverted[p] = np.arange(len(p), dtype=np.int32)
    return inverted


def power(p: Permutation, exponent: int) -> Permutation:
    """Return p^exponent for an exponent >= 0, by repeated squaring."""
    product, square = np.arange(len(p), dtype=np.int32), p
    while exponent:
        if exponent & 1:
            product = then(product, square)
        square, exponent = then(square, square), exponent >> 1
    return product


def commutator(p: Permutation, q: Permutation) -> Permutation:
    """Return p^-1 q^-1 p q."""
    return then(then(inverse(p), inverse(q)), then(p, q))


def is_identity(p: Permutation) -> bool:
    """Return whether a permutation fixes every point."""
    return bool((p == np.arange(len(p))).all())


def commute(p: Permutation, q: Permutation) -> bool:
    """Return whether two permutations commute."""
    return bool((p[q] == q[p]).all())


def cycles(p: Permutation) -> list[tuple[int, ...]]:
    """Return the cycles of length 2 and more, each from its smallest point.

    >>> cycles(np.array([1, 0, 2, 4, 5, 3]))
    [(0, 1), (3, 4, 5)]
    """
    images, seen, moved_cycles = p.tolist(), [False] * len(p), []
    for start in range(len(images)):
        cycle, point = [], start
        while not seen[point]:
            seen[point] = True
            cycle.append(point)
            point = images[point]
        if len(cycle) > 1:
            moved_cycles.append(tuple(cycle))
    return moved_cycles


def order_of(p: Permutation) -> int:
    """Return the order: the least positive exponent whose power is the identity."""
    return lcm(*(len(cycle) for cycle in cycles(p)))


def orbits(generators: Iterable[Permutation], degree: int) -> list[list[int]]:
    """Return the orbits, each sorted, ordered by their smallest points."""
    images = [p.tolist() for p in generators]
    seen, all_orbits = [False] * degree, []
    for start in range(degree):
        if seen[start]:
            continue
        seen[start], orbit = True, [start]
        for point in orbit:
            for row in images:
                if not seen[row[point]]:
                    seen[row[point]] = True
                    orbit.append(row[point])
        all_orbits.append(sorted(orbit))
    return all_orbits
