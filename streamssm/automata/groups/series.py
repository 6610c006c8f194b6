"""Coordinates of group elements along a subnormal series with abelian factors.

A series G = H_0 > H_1 > ... > H_m, each normal in its predecessor with an abelian quotient. Modulo H_m from
the left, an element is g = t_m-1 ... t_1 t_0 with t_i in H_i; its coordinates are the cosets t_i H_i+1, as
exponents of independent cyclic generators of H_i / H_i+1. Multiplying g by h from the right adds to the
coordinates of factor i an amount that depends only on h and on the coordinates of the factors before i.
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
        """The orders of the cyclic factors, by falling prime, then by falling power."""
        return tuple(size for _, size in self.basis)

    @cached_property
    def basis(self) -> list[tuple[Permutation, int]]:
        """Generators of the cyclic factors with their orders in the quotient."""
        basis = []
        for prime in sorted(prime_factors(self.order), reverse=True):
            basis += self._basis_at(prime)
        return basis

    @cached_property
    def representatives(self) -> dict[Exponents, Permutation]:
        """A coset representative for each tuple of exponents."""
        elements = {}
        powers = [[power(p, exponent) for exponent in range(size)] for p, size in self.basis]
        start = np.arange(self.upper.degree, dtype=np.int32)
        for exponents in product(*(range(size) for size in self.sizes)):
            element = start
            for row, exponent in zip(powers, exponents, strict=True):
                element = then(element, row[exponent])
            elements[exponents] = element
        return elements

    @cached_property
    def _exponents(self) -> dict[bytes, Exponents]:
        return {self._key(p): exponents for exponents, p in self.representatives.items()}

    def exponents(self, p: Permutation) -> Exponents:
        """Return the exponents of an element of H: the coset of K that it lies in."""
        return self._exponents[self._key(p)]

    def _key(self, p: Permutation) -> bytes:
        return self.lower.chain.coset(p).tobytes()

    def _basis_at(self, prime: int) -> list[tuple[Permutation, int]]:
        """Return a basis of the Sylow subgroup of a prime.

        Greedy: an element of the largest order modulo the span of the basis so far, all of whose powers in
        that span are trivial, generates a direct factor (fundamental theorem of finite abelian groups).
        """
        elements = self._primary(prime)
        span = {self._key(np.arange(self.upper.degree, dtype=np.int32))}
        basis: list[tuple[Permutation, int]] = []
        while len(span) < len(elements):
            p, size = max(
                ((p, self._order(p, prime, span)) for p in elements if self._is_direct(p, prime, span)),
                key=lambda pair: pair[1],
            )
            basis.append((p, size))
            span = {self._key(q) for q in self._spanned(basis)}
        return basis

    def _primary(self, prime: int) -> list[Permutation]:
        """Return a representative of each coset in the Sylow subgroup of a prime."""
        cofactor = self.order
        while cofactor % prime == 0:
            cofactor //= prime
        start = np.arange(self.upper.degree, dtype=np.int32)
        elements, seen = [start], {self._key(start)}
        generators = [power(p, cofactor) for p in self.upper.generators]
        for p in elements:
            for generator in generators:
                q = then(p, generator)
                if (key := self._key(q)) not in seen:
                    seen.add(key)
                    elements.append(q)
        return elements

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
    """A subnormal series with abelian factors; ``groups`` descend from the whole group."""

    groups: tuple[PermutationGroup, ...]

    @cached_property
    def factors(self) -> tuple[AbelianFactor, ...]:
        """The quotients of each group by the next."""
        return tuple(map(AbelianFactor, self.groups, self.groups[1:]))

    @property
    def sizes(self) -> tuple[tuple[int, ...], ...]:
        """For each factor the orders of its cyclic factors."""
        return tuple(factor.sizes for factor in self.factors)

    @property
    def index(self) -> int:
        """The number of tuples of coordinates."""
        return prod(factor.order for factor in self.factors)

    def coordinates(self, p: Permutation) -> tuple[Exponents, ...]:
        """Return the exponents of an element in every factor."""
        coordinates = []
        for factor in self.factors:
            coordinates.append(factor.exponents(p))
            p = then(p, inverse(factor.representatives[coordinates[-1]]))
        return tuple(coordinates)

    def element(self, coordinates: Sequence[Exponents]) -> Permutation:
        """Return an element with the given coordinates."""
        p = np.arange(self.groups[0].degree, dtype=np.int32)
        for factor, exponents in zip(self.factors, coordinates, strict=True):
            p = then(factor.representatives[exponents], p)
        return p


def series_to_stabiliser(
    group: PermutationGroup, points: Sequence[int], *, prime: bool = False
) -> AbelianSeries:
    """Return a series from a solvable group down to a subgroup of the pointwise stabilizer of some points.

    Of the derived series and a series that stays above the points' stabilizer as long as possible, the one
    with fewer factors, then with fewer tuples. With ``prime`` every cyclic factor has prime order.
    """
    fixing = group.stabiliser_of(points)
    candidates = [_descend(group, points, None), _descend(group, points, fixing)]
    refined = [AbelianSeries(tuple(_refined(groups) if prime else groups)) for groups in candidates]
    return min(refined, key=lambda series: (len(series.factors), series.index))


def _descend(
    group: PermutationGroup, points: Sequence[int], above: PermutationGroup | None
) -> list[PermutationGroup]:
    """Return the series of derived subgroups, each joined with ``above``, until the points are fixed.

    Once joining with ``above`` makes no progress, or if it is None, the normal subgroup that fixes the
    points' orbits takes its place.
    """
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
    """Return the pointwise stabilizer of the nontrivial orbits of some points, a normal subgroup."""
    moved = [
        point for orbit in group.orbits if len(orbit) > 1 and set(orbit) & set(points) for point in orbit
    ]
    return group.stabiliser_of(moved)


def _joined(a: PermutationGroup, b: PermutationGroup) -> PermutationGroup:
    return PermutationGroup.closure([*a.generators, *b.generators], a.degree)


def _refined(groups: Sequence[PermutationGroup]) -> list[PermutationGroup]:
    """Return the series refined to elementary abelian factors, by powers of the radical of each order."""
    refined = [groups[0]]
    for below in groups[1:]:
        while (middle := _powers(refined[-1], below)).order > below.order:
            refined.append(middle)
        refined.append(below)
    return refined


def _powers(upper: PermutationGroup, lower: PermutationGroup) -> PermutationGroup:
    radical = prod(prime_factors(upper.order // lower.order))
    seeds = [power(p, radical) for p in upper.generators]
    return PermutationGroup.closure([*lower.generators, *seeds], upper.degree)


def prime_factors(number: int) -> list[int]:
    """Return the prime divisors of a number in increasing order.

    >>> prime_factors(60)
    [2, 3, 5]
    """
    primes, prime = [], 2
    while prime * prime <= number:
        if number % prime == 0:
            primes.append(prime)
            while number % prime == 0:
                number //= prime
        prime += 1
    return [*primes, number] if number > 1 else primes
