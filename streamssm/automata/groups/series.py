"""Coordinates of group elements along a subnormal series with abelian factors.

A series G = H_0 > H_1 > ... > H_m, each normal in the one before it with an abelian quotient. An element is
g = t_m-1 ... t_1 t_0 up to H_m from the left, t_i in H_i; its coordinates say which cosets of H_i+1 the t_i
are, as exponents of independent cyclic generators of H_i / H_i+1. Multiplying g by h from the right adds to
the coordinates of factor i an amount that depends on h and on those of the factors before it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod

import numpy as np

from streamssm.automata.groups.group import PermutationGroup
from streamssm.automata.groups.permutations import Permutation, inverse, power, then

Exponents = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class AbelianFactor:
    """H / K for K normal in H with an abelian quotient: a product of cyclic groups of prime power order."""

    upper: PermutationGroup
    lower: PermutationGroup

    @property
    def order(self) -> int:
        """The number of cosets."""
        return self.upper.order // self.lower.order

    @property
    def sizes(self) -> tuple[int, ...]:
        """The orders of the cyclic parts: largest prime first, then largest power first."""
        return tuple(size for _, size in self.basis)

    @cached_property
    def basis(self) -> list[tuple[Permutation, int]]:
        """Generators of the cyclic parts with their orders in the quotient."""
        found = []
        for prime in sorted(prime_factors(self.order), reverse=True):
            found += self._basis_at(prime)
        return found

    @cached_property
    def representatives(self) -> dict[Exponents, Permutation]:
        """A permutation for each tuple of exponents."""
        found = {}
        powers = [[power(p, exponent) for exponent in range(size)] for p, size in self.basis]
        start = np.arange(self.upper.degree, dtype=np.int32)
        for exponents in product(*(range(size) for size in self.sizes)):
            element = start
            for row, exponent in zip(powers, exponents, strict=True):
                element = then(element, row[exponent])
            found[exponents] = element
        return found

    @cached_property
    def _exponents(self) -> dict[bytes, Exponents]:
        return {self._key(p): exponents for exponents, p in self.representatives.items()}

    def exponents(self, p: Permutation) -> Exponents:
        """Return which coset an element of H lies in."""
        return self._exponents[self._key(p)]

    def _key(self, p: Permutation) -> bytes:
        return self.lower.chain.coset(p).tobytes()

    def _basis_at(self, prime: int) -> list[tuple[Permutation, int]]:
        """Return a basis of the elements whose order is a power of a prime.

        An element of largest order in what is left, with no power in the span of those before it but the
        trivial one, spans a direct factor.
        """
        elements = self._primary(prime)
        span = {self._key(np.arange(self.upper.degree, dtype=np.int32))}
        basis: list[tuple[Permutation, int]] = []
        while len(span) < len(elements):
            p, size = max(
                ((p, self._order(p, prime, span)) for p in elements if self._is_direct(p, prime, span)),
                key=lambda found: found[1],
            )
            basis.append((p, size))
            span = {self._key(q) for q in self._spanned(basis)}
        return basis

    def _primary(self, prime: int) -> list[Permutation]:
        """Return an element of each coset whose order is a power of a prime."""
        rest = self.order
        while rest % prime == 0:
            rest //= prime
        start = np.arange(self.upper.degree, dtype=np.int32)
        found, seen = [start], {self._key(start)}
        generators = [power(p, rest) for p in self.upper.generators]
        for p in found:
            for generator in generators:
                q = then(p, generator)
                if (key := self._key(q)) not in seen:
                    seen.add(key)
                    found.append(q)
        return found

    def _order(self, p: Permutation, prime: int, span: set[bytes]) -> int:
        size = 1
        while self._key(p) not in span:
            p, size = power(p, prime), size * prime
        return size

    def _is_direct(self, p: Permutation, prime: int, span: set[bytes]) -> bool:
        return power(p, self._order(p, prime, span)) in self.lower

    def _spanned(self, basis: list[tuple[Permutation, int]]) -> Iterable[Permutation]:
        for exponents in product(*(range(size) for _, size in basis)):
            element = np.arange(self.upper.degree, dtype=np.int32)
            for (p, _), exponent in zip(basis, exponents, strict=True):
                element = then(element, power(p, exponent))
            yield element


@dataclass(frozen=True, eq=False)
class AbelianSeries:
    """A subnormal series with abelian factors; groups from the whole one down."""

    groups: tuple[PermutationGroup, ...]

    @cached_property
    def factors(self) -> tuple[AbelianFactor, ...]:
        """The quotients of each group by the next."""
        return tuple(map(AbelianFactor, self.groups, self.groups[1:]))

    @property
    def sizes(self) -> tuple[tuple[int, ...], ...]:
        """For each factor the orders of its cyclic parts."""
        return tuple(factor.sizes for factor in self.factors)

    @property
    def index(self) -> int:
        """The number of tuples of coordinates."""
        return prod(factor.order for factor in self.factors)

    def coordinates(self, p: Permutation) -> tuple[Exponents, ...]:
        """Return the exponents of an element in every factor."""
        found = []
        for factor in self.factors:
            found.append(factor.exponents(p))
            p = then(p, inverse(factor.representatives[found[-1]]))
        return tuple(found)

    def element(self, coordinates: Sequence[Exponents]) -> Permutation:
        """Return an element with some coordinates."""
        p = np.arange(self.groups[0].degree, dtype=np.int32)
        for factor, exponents in zip(self.factors, coordinates, strict=True):
            p = then(factor.representatives[exponents], p)
        return p


def series_to_stabiliser(
    group: PermutationGroup, points: Sequence[int], *, prime: bool = False
) -> AbelianSeries:
    """Return a series from a solvable group down to permutations that fix some points.

    Of the derived series and of one that stays above the points' stabiliser while it can, the one with fewer
    factors, then with fewer tuples. With ``prime`` every cyclic part has prime order.
    """
    fixing = group.stabiliser_of(points)
    candidates = [_descend(group, points, None), _descend(group, points, fixing)]
    refined = [AbelianSeries(tuple(_refined(groups) if prime else groups)) for groups in candidates]
    return min(refined, key=lambda series: (len(series.factors), series.index))


def _descend(
    group: PermutationGroup, points: Sequence[int], above: PermutationGroup | None
) -> list[PermutationGroup]:
    """Return derived subgroups joined with what is to stay inside, down to what fixes the points."""
    groups = [group]
    while any(p[point] != point for p in groups[-1].generators for point in points):
        last = groups[-1]
        inside = _fixing_orbits(last, points) if above is None else above
        below = _joined(last.derived, inside)
        if above is not None and below.order == last.order:
            above = None
        else:
            groups.append(below)
    return groups


def _fixing_orbits(group: PermutationGroup, points: Sequence[int]) -> PermutationGroup:
    """Return the normal subgroup that fixes every point of the orbits of some points."""
    moved = [
        point for orbit in group.orbits if len(orbit) > 1 and set(orbit) & set(points) for point in orbit
    ]
    return group.stabiliser_of(moved)


def _joined(a: PermutationGroup, b: PermutationGroup) -> PermutationGroup:
    return PermutationGroup.closure([*a.generators, *b.generators], a.degree)


def _refined(groups: Sequence[PermutationGroup]) -> list[PermutationGroup]:
    """Return the series with elementary abelian factors: each is cut at the powers of its radical."""
    found = [groups[0]]
    for below in groups[1:]:
        while (middle := _powers(found[-1], below)).order > below.order:
            found.append(middle)
        found.append(below)
    return found


def _powers(upper: PermutationGroup, lower: PermutationGroup) -> PermutationGroup:
    radical = prod(prime_factors(upper.order // lower.order))
    seeds = [power(p, radical) for p in upper.generators]
    return PermutationGroup.closure([*lower.generators, *seeds], upper.degree)


def prime_factors(number: int) -> list[int]:
    """Return the primes that divide a number, from the smallest.

    >>> prime_factors(60)
    [2, 3, 5]
    """
    found, prime = [], 2
    while prime * prime <= number:
        if number % prime == 0:
            found.append(prime)
            while number % prime == 0:
                number //= prime
        prime += 1
    return [*found, number] if number > 1 else found
