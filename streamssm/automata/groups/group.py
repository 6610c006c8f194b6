"""A finite group of permutations: its order, its derived series, whether it is abelian or solvable."""

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
    """The group that permutations of points 0..degree-1 generate; those that add nothing are dropped.

    >>> s3 = PermutationGroup.of([[1, 2, 0], [1, 0, 2]], 3)
    >>> s3.order, s3.is_abelian, s3.derived_length
    (6, False, 2)
    """

    degree: int
    generators: tuple[Permutation, ...]
    chain: StabiliserChain

    @classmethod
    def of(cls, generators: Iterable[ArrayLike], degree: int) -> PermutationGroup:
        """Return the group of some permutations; ParameterError if one of them is none."""
        return cls.closure([permutation_of(p, degree) for p in generators], degree)

    @classmethod
    def closure(
        cls, seeds: Iterable[Permutation], degree: int, acting: Sequence[Permutation] = ()
    ) -> PermutationGroup:
        """Return the smallest group that holds the seeds and that ``acting`` permutations map to itself."""
        chain, kept = StabiliserChain(degree), []
        waiting = list(seeds)
        for p in waiting:
            if chain.add(p):
                kept.append(p)
                waiting.extend(then(then(inverse(q), p), q) for q in acting)
        return cls(degree, tuple(kept), chain)

    def __contains__(self, p: Permutation) -> bool:
        return p in self.chain

    def holds(self, other: PermutationGroup) -> bool:
        """Return whether another group is a subgroup."""
        return all(p in self.chain for p in other.generators)

    @property
    def order(self) -> int:
        """The number of its elements."""
        return self.chain.order

    @cached_property
    def orbits(self) -> list[list[int]]:
        """The orbits of all points, by their smallest points."""
        return orbits(self.generators, self.degree)

    @cached_property
    def is_abelian(self) -> bool:
        """Whether any two elements commute."""
        return all(commute(p, q) for i, p in enumerate(self.generators) for q in self.generators[:i])

    @cached_property
    def derived(self) -> PermutationGroup:
        """The derived subgroup: what commutators generate."""
        seeds = [commutator(p, q) for i, p in enumerate(self.generators) for q in self.generators[:i]]
        return self.closure(seeds, self.degree, self.generators)

    @cached_property
    def derived_series(self) -> list[PermutationGroup]:
        """The group, its derived subgroup, that one's, ..., up to one that is its own."""
        series = [self]
        while series[-1].derived.order < series[-1].order:
            series.append(series[-1].derived)
        return series

    @property
    def is_solvable(self) -> bool:
        """Whether the derived series ends at the trivial group."""
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
            raise ParameterError(f"a group of order {self.order} that is not solvable has no derived length")
        return len(self.derived_series) - 1

    @property
    def is_two_group(self) -> bool:
        """Whether the order is a power of two."""
        return self.order & (self.order - 1) == 0

    @property
    def is_regular(self) -> bool:
        """Whether exactly one element takes any given point to any other."""
        return self.order == self.degree and len(self.orbits) == 1

    def elements(self) -> Iterator[Permutation]:
        """Return all elements, breadth first from the identity."""
        start = np.arange(self.degree, dtype=np.int32)
        found, seen = [start], {start.tobytes()}
        for p in found:
            yield p
            for generator in self.generators:
                product = then(p, generator)
                if product.tobytes() not in seen:
                    seen.add(product.tobytes())
                    found.append(product)

    @cached_property
    def full_cycle(self) -> Permutation | None:
        """An element that takes a point through all others and generates the group; None if none does."""
        if not (self.is_abelian and self.is_regular):
            return None
        return next((p for p in self.elements() if order_of(p) == self.order), None)

    def stabiliser_of(self, points: Sequence[int]) -> PermutationGroup:
        """Return the subgroup that fixes each of some points (Schreier's generators)."""
        group = self
        for point in points:
            group = _stabiliser(group, point)
        return group


def _stabiliser(group: PermutationGroup, point: int) -> PermutationGroup:
    to = {point: np.arange(group.degree, dtype=np.int32)}
    waiting, seeds = [point], []
    for at in waiting:
        for generator in group.generators:
            product, target = then(to[at], generator), int(generator[at])
            if target in to:
                seeds.append(then(product, inverse(to[target])))
            else:
                to[target] = product
                waiting.append(target)
    return group.closure((p for p in seeds if not is_identity(p)), group.degree)
