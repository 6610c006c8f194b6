"""Permutations of points 0..n-1 as arrays of images; they act on the right: point x goes to p[x]."""

from __future__ import annotations

from collections.abc import Iterable
from math import lcm

import numpy as np
from numpy.typing import ArrayLike, NDArray

from streamssm.errors import ParameterError

Permutation = NDArray[np.int32]


def permutation_of(images: ArrayLike, degree: int) -> Permutation:
    """Return a permutation; ParameterError if the images are none of 0..degree-1."""
    found = np.ascontiguousarray(images, dtype=np.int32)
    if found.shape != (degree,) or not np.array_equal(np.sort(found), np.arange(degree)):
        raise ParameterError(f"a permutation of {degree} points must hold each once, not {found.tolist()}")
    return found


def then(first: Permutation, second: Permutation) -> Permutation:
    """Return first, then second."""
    found: Permutation = second[first]
    return found


def inverse(p: Permutation) -> Permutation:
    """Return the permutation that undoes another."""
    found = np.empty_like(p)
    found[p] = np.arange(len(p), dtype=np.int32)
    return found


def power(p: Permutation, exponent: int) -> Permutation:
    """Return p, ``exponent`` times; not negative."""
    found, square = np.arange(len(p), dtype=np.int32), p
    while exponent:
        if exponent & 1:
            found = then(found, square)
        square, exponent = then(square, square), exponent >> 1
    return found


def commutator(p: Permutation, q: Permutation) -> Permutation:
    """Return p^-1 q^-1 p q."""
    return then(then(inverse(p), inverse(q)), then(p, q))


def is_identity(p: Permutation) -> bool:
    """Return whether no point moves."""
    return bool((p == np.arange(len(p))).all())


def commute(p: Permutation, q: Permutation) -> bool:
    """Return whether the order does not matter."""
    return bool((p[q] == q[p]).all())


def cycles(p: Permutation) -> list[tuple[int, ...]]:
    """Return the cycles that move points, each from its smallest point.

    >>> cycles(np.array([1, 0, 2, 4, 5, 3]))
    [(0, 1), (3, 4, 5)]
    """
    images, seen, found = p.tolist(), [False] * len(p), []
    for start in range(len(images)):
        cycle, point = [], start
        while not seen[point]:
            seen[point] = True
            cycle.append(point)
            point = images[point]
        if len(cycle) > 1:
            found.append(tuple(cycle))
    return found


def order_of(p: Permutation) -> int:
    """Return the least positive power that is the identity."""
    return lcm(*(len(cycle) for cycle in cycles(p)))


def orbits(generators: Iterable[Permutation], degree: int) -> list[list[int]]:
    """Return the orbits of all points, each sorted, by their smallest points."""
    images = [p.tolist() for p in generators]
    seen, found = [False] * degree, []
    for start in range(degree):
        if seen[start]:
            continue
        seen[start], orbit = True, [start]
        for point in orbit:
            for row in images:
                if not seen[row[point]]:
                    seen[row[point]] = True
                    orbit.append(row[point])
        found.append(sorted(orbit))
    return found
