"""Finite permutation groups: order, membership, derived series, commutativity, solvability."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from streamssm.automata.groups.permutations import (
    Permutation,
    commutator,
    commute,
    inverse,
    is_identity,
    orbits,
    order_of,
    permutation_of,
    then,
)
from streamssm.automata.groups.stabilisers import StabiliserChain
from streamssm.errors import ParameterError


@dataclass(frozen=True, eq=False)
class PermutationGroup:
    """The group that permutations of points 0..degree-1 generate; redundant generators are dropped.

    >>> s3 = PermutationGroup.of([[1, 2, 0], [1, 0, 2]], 3)
    >>> s3.order, s3.is_abelian, s3.derived_length
    (6, False, 2)
    """

    degree: int
    generators: tuple[Permutation, ...]
    chain: StabiliserChain

    @classmethod
    def of(cls, generators: Iterable[ArrayLike], degree: int) -> PermutationGroup:
        """Return the group that permutations generate; ParameterError for an array that is no permutation."""
        return cls.closure([permutation_of(p, degree) for p in generators], degree)

    @classmethod
    def closure(
        cls, seeds: Iterable[Permutation], degree: int, acting: Sequence[Permutation] = ()
    ) -> PermutationGroup:
        """Return the closure of the seeds under products and conjugation by ``acting`` permutations."""
        chain, generators = StabiliserChain(degree), []
        queue = list(seeds)
        for p in queue:
            if chain.add(p):
                generators.append(p)
                queue.extend(then(then(inverse(q), p), q) for q in acting)
        return cls(degree, tuple(generators), chain)

    def __contains__(self, p: Permutation) -> bool:
        return p in self.chain

    def holds(self, other: PermutationGroup) -> bool:
        """Return whether another group is a subgroup of this one."""
        return all(p in self.chain for p in other.generators)

    @property
    def order(self) -> int:
        """The number of elements."""
        return self.chain.order

    @cached_property
    def orbits(self) -> list[list[int]]:
        """The orbits, ordered by their smallest points."""
        return orbits(self.generators, self.degree)

    @cached_property
    def is_abelian(self) -> bool:
        """True if any two elements commute."""
        return all(commute(p, q) for i, p in enumerate(self.generators) for q in self.generators[:i])

    @cached_property
    def derived(self) -> PermutationGroup:
        """The derived subgroup, the normal closure of the generators' commutators."""
        seeds = [commutator(p, q) for i, p in enumerate(self.generators) for q in self.generators[:i]]
        return self.closure(seeds, self.degree, self.generators)

    @cached_property
    def derived_series(self) -> list[PermutationGroup]:
        """The derived series, until it is stationary."""
        series = [self]
        while series[-1].derived.order < series[-1].order:
            series.append(series[-1].derived)
        return series

    @property
    def is_solvable(self) -> bool:
        """True if the derived series ends at the trivial group."""
        return self.derived_series[-1].order == 1

    @property
    def derived_length(self) -> int:
        """The number of abelian factors of the derived series.

        Raises
        ------
        ParameterError
            If the group is not solvable.
        """
        if not self.is_solvable:
            raise ParameterError(
                f"the group of order {self.order} is not solvable, so it has no derived length"
            )
        return len(self.derived_series) - 1

    @property
    def is_two_group(self) -> bool:
        """True if the order is a power of two."""
        return self.order & (self.order - 1) == 0

    @property
    def is_regular(self) -> bool:
        """True if the action is regular: exactly one element maps any given point to any other."""
        return self.order == self.degree and len(self.orbits) == 1

    def elements(self) -> Iterator[Permutation]:
        """Yield all elements, breadth first from the identity."""
        start = np.arange(self.degree, dtype=np.int32)
        elements, seen = [start], {start.tobytes()}
        for p in elements:
            yield p
            for generator in self.generators:
                product = then(p, generator)
                if product.tobytes() not in seen:
                    seen.add(product.tobytes())
                    elements.append(product)

    @cached_property
    def full_cycle(self) -> Permutation | None:
        """An element that is one cycle of all points and generates the group, or None."""
        if not (self.is_abelian and self.is_regular):
            return None
        return next((p for p in self.elements() if order_of(p) == self.order), None)

    def stabiliser_of(self, points: Sequence[int]) -> PermutationGroup:
        """Return the pointwise stabilizer of some points (Schreier generators)."""
        group = self
        for point in points:
            group = _stabiliser(group, point)
        return group


def _stabiliser(group: PermutationGroup, point: int) -> PermutationGroup:
    """Return the stabilizer of one point; ``transversal`` maps each point of its orbit to an element."""
    transversal = {point: np.arange(group.degree, dtype=np.int32)}
    queue, seeds = [point], []
    for source in queue:
        for generator in group.generators:
            product, target = then(transversal[source], generator), int(generator[source])
            if target in transversal:
                seeds.append(then(product, inverse(transversal[target])))
            else:
                transversal[target] = product
                queue.append(target)
    return group.closure((p for p in seeds if not is_identity(p)), group.degree)
