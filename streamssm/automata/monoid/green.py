"""Green's relations of a transition monoid, and its maximal subgroups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from streamssm.automata.groups.description import GroupDescription, describe
from streamssm.automata.groups.group import PermutationGroup
from streamssm.automata.machine import Int32s
from streamssm.automata.monoid.transformations import TransitionMonoid
from streamssm.automata.strong_components import components


@dataclass(frozen=True, eq=False)
class Subgroup:
    """A maximal subgroup: the H-class of an idempotent, which permutes the idempotent's states.

    ``elements`` are its elements' numbers, ``group`` acts on the places of ``states``; ``count`` is the
    number of idempotents in its D-class, whose groups are all isomorphic.
    """

    idempotent: int
    elements: tuple[int, ...]
    states: tuple[int, ...]
    group: PermutationGroup
    count: int

    @cached_property
    def description(self) -> GroupDescription:
        """What the group is."""
        return describe(self.group)


@dataclass(frozen=True, eq=False)
class GreenRelations:
    """Elements by their classes, each relation as the number of each element's class, shape (M,)."""

    monoid: TransitionMonoid

    @cached_property
    def r(self) -> Int32s:
        """Elements that words take to each other from the right."""
        return _classes(self.monoid.right.tolist())

    @cached_property
    def l(self) -> Int32s:  # noqa: E743
        """Elements that words take to each other from the left."""
        return _classes(self.monoid.left.tolist())

    @cached_property
    def d(self) -> Int32s:
        """Elements that words take to each other from both sides."""
        both = np.concatenate([self.monoid.right, self.monoid.left], axis=1)
        return _classes(both.tolist())

    @cached_property
    def h(self) -> Int32s:
        """Elements that are both R- and L-equivalent."""
        pairs = self.r.astype(np.int64) * len(self.monoid) + self.l
        return np.asarray(np.unique(pairs, return_inverse=True)[1].ravel(), dtype=np.int32)

    @property
    def is_r_trivial(self) -> bool:
        """Whether no two elements are R-equivalent."""
        return _all_different(self.r)

    @property
    def is_l_trivial(self) -> bool:
        """Whether no two elements are L-equivalent."""
        return _all_different(self.l)

    @property
    def is_j_trivial(self) -> bool:
        """Whether no two elements are D-equivalent (J and D are the same in finite monoids)."""
        return _all_different(self.d)

    @property
    def is_aperiodic(self) -> bool:
        """Whether no two elements are H-equivalent."""
        return _all_different(self.h)

    @cached_property
    def subgroups(self) -> tuple[Subgroup, ...]:
        """One maximal subgroup for each D-class that has any, by their idempotents' shortest words."""
        idempotents = np.flatnonzero(self.monoid.idempotents)
        found = []
        for first, count in _firsts(self.d[idempotents]):
            idempotent = int(idempotents[first])
            found.append(self._subgroup(idempotent, count))
        return tuple(sorted(found, key=lambda group: group.idempotent))

    def _subgroup(self, idempotent: int, count: int) -> Subgroup:
        members = np.flatnonzero(self.h == self.h[idempotent])
        states = np.unique(self.monoid.elements[idempotent])
        moved = np.searchsorted(states, self.monoid.elements[members][:, states])
        group = PermutationGroup.of(moved, len(states))
        return Subgroup(idempotent, tuple(members.tolist()), tuple(states.tolist()), group, count)


def _classes(targets: Sequence[Iterable[int]]) -> Int32s:
    found = np.empty(len(targets), dtype=np.int32)
    for number, members in enumerate(components(targets)):
        found[members] = number
    return found


def _all_different(classes: Int32s) -> bool:
    return len(np.unique(classes)) == len(classes)


def _firsts(classes: Int32s) -> list[tuple[int, int]]:
    """Return the place of each class's first element, and the class's size."""
    _, firsts, counts = np.unique(classes, return_index=True, return_counts=True)
    return list(zip(firsts.tolist(), counts.tolist(), strict=True))
