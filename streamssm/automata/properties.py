"""Algebraic properties of the syntactic monoid, each decided, with a witness where it does not hold.

R-trivial < aperiodic < {quasi-aperiodic, all groups 2-groups} < solvable < all (THEORY, regular languages
and transition kinds). Groups are computed on the images of the state set, without enumerating the monoid; a
small monoid is enumerated too, as it gives shortest witnesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from streamssm.automata import witness_search as search
from streamssm.automata.automaton_class import Automaton
from streamssm.automata.groups.description import GroupDescription
from streamssm.automata.holonomy.images import MAX_IMAGES
from streamssm.automata.holonomy.skeleton import Skeleton, skeleton_of
from streamssm.automata.monoid.loops import ImageGroup, image_groups, modulus_of
from streamssm.automata.monoid.transformations import TransitionMonoid, transition_monoid
from streamssm.automata.strong_components import components
from streamssm.automata.witnesses import CoprimeOrders, Cycle, RecurringWord, SameLength
from streamssm.errors import ParameterError

SMALL = 20_000  # largest monoid that is enumerated to find shortest witnesses, in elements


@dataclass(frozen=True, eq=False)
class Properties:
    """Algebraic properties of a language's syntactic monoid; ``machine`` is the minimal automaton.

    Witnesses are None where the property holds.
    """

    machine: Automaton
    skeleton: Skeleton

    # groups

    @cached_property
    def image_groups(self) -> tuple[ImageGroup, ...]:
        """The nontrivial groups of images."""
        return tuple(group for group in image_groups(self.skeleton) if group.group.order > 1)

    @cached_property
    def groups(self) -> tuple[GroupDescription, ...]:
        """The distinct nontrivial groups, by falling order."""
        descriptions = dict.fromkeys(group.description for group in self.image_groups)
        return tuple(sorted(descriptions, key=lambda group: (-group.order, group.structure)))

    @cached_property
    def monoid(self) -> TransitionMonoid | None:
        """The transition monoid of the minimal automaton if it is small, else None."""
        try:
            return transition_monoid(self.machine, max_elements=SMALL)
        except ParameterError:
            return None

    @cached_property
    def is_group(self) -> bool:
        """True if the monoid is a group: every symbol permutes the states."""
        return bool((np.sort(self.machine.next_state, axis=0).T == np.arange(self.machine.num_states)).all())

    @cached_property
    def is_r_trivial(self) -> bool:
        """True if the monoid is R-trivial: the automaton is partially ordered, no state recurs once left."""
        return all(len(part) == 1 for part in components(self.machine.next_state.tolist()))

    @property
    def is_aperiodic(self) -> bool:
        """True if all groups in the monoid are trivial: the language is star-free (Schützenberger)."""
        return not self.image_groups

    @property
    def has_two_groups_only(self) -> bool:
        """True if the order of every group is a power of two."""
        return all(image_group.group.is_two_group for image_group in self.image_groups)

    @property
    def is_quasi_aperiodic(self) -> bool:
        """True if words of equal length never form a nontrivial group: the language is in AC0 (THEORY B5)."""
        return all(image_group.step is not None for image_group in self.image_groups)

    @property
    def modulus(self) -> int | None:
        """The least m such that the language is star-free given positions modulo m; None if there is none."""
        return modulus_of(list(self.image_groups)) if self.is_quasi_aperiodic else None

    @property
    def is_solvable(self) -> bool:
        """True if every group is solvable."""
        return all(group.is_solvable for group in self.groups)

    @property
    def derived_length(self) -> int | None:
        """The largest derived length of a group, 0 without groups; None if a group is not solvable."""
        lengths = [group.derived_length for group in self.groups if group.derived_length is not None]
        return max(lengths, default=0) if self.is_solvable else None

    @property
    def is_abelian(self) -> bool:
        """True if every group is abelian."""
        return all(group.is_abelian for group in self.groups)

    # witnesses

    @cached_property
    def recurring(self) -> RecurringWord | None:
        """A witness that the monoid is not aperiodic."""
        return None if self.is_aperiodic else search.recurring_word(*self._searched)

    @cached_property
    def recurring_oddly(self) -> RecurringWord | None:
        """A witness that some group is not a 2-group: a word whose powers have an odd period."""
        return None if self.has_two_groups_only else search.recurring_word(*self._searched, odd=True)

    @cached_property
    def same_length(self) -> SameLength | None:
        """A witness that the language is not quasi-aperiodic."""
        return None if self.is_quasi_aperiodic else search.same_length(*self._searched)

    @cached_property
    def coprime_orders(self) -> CoprimeOrders | None:
        """A witness that some group is not solvable."""
        return None if self.is_solvable else search.coprime_orders(self.machine, self.image_groups)

    @cached_property
    def cycle(self) -> Cycle | None:
        """A witness that the monoid is not R-trivial."""
        return search.cycle(self.machine)

    @property
    def _searched(self) -> tuple[Automaton, TransitionMonoid | None, tuple[ImageGroup, ...]]:
        return self.machine, self.monoid, self.image_groups


def properties_of(machine: Automaton, *, max_images: int = MAX_IMAGES) -> Properties:
    """Return the properties of an automaton's language, computed on its minimal automaton.

    Raises
    ------
    ParameterError
        If the state set has more than ``max_images`` images under words.

    >>> parity = properties_of(Automaton.acceptor("parity", "01", [[0, 1], [1, 0]], [True, False]))
    >>> parity.is_aperiodic, parity.has_two_groups_only, parity.is_quasi_aperiodic
    (False, True, False)
    >>> parity.recurring.word, parity.same_length.word, parity.same_length.idempotent
    (('1',), ('1',), ('0',))
    """
    minimal = machine.minimal()
    return Properties(minimal, skeleton_of(minimal, max_images=max_images))
