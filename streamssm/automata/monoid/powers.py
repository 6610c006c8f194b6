"""Shortest words that refute aperiodicity, or with words of equal length quasi-aperiodicity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.automaton_class import Bools, Int32s
from streamssm.automata.monoid.transformations import Maps, TransitionMonoid, compose
from streamssm.errors import ParameterError

MAX_LENGTHS = 10_000


def unstable(monoid: TransitionMonoid, *, odd: bool = False) -> int | None:
    """Return the first element, by shortest word, whose powers do not stabilize, or None.

    Parameters
    ----------
    odd : return the first element whose powers have a period that is not a power of two
    """
    elements = monoid.elements
    steps = max(1, elements.shape[1] - 1).bit_length()
    stable = _squared(elements, steps)  # the 2^steps-th power: with 2^steps >= S, past the tail of the powers
    step = stable if odd else elements  # x^(2^steps) has the odd part of the period of x
    moved = (compose(stable, step) != stable).any(axis=1)
    return int(np.argmax(moved)) if moved.any() else None


def _squared(maps: Maps, times: int) -> Maps:
    for _ in range(times):
        maps = compose(maps, maps)
    return maps


@dataclass(frozen=True, eq=False)
class LengthSets:
    """The elements that have a word of length t, for t = 0, 1, ... until the sets repeat.

    ``sets[t]`` (M,) is a mask; the set of length ``len(sets)`` equals that of length ``start``.
    """

    monoid: TransitionMonoid
    sets: tuple[Bools, ...]
    start: int

    @property
    def period(self) -> int:
        """The period of the sequence of sets."""
        return len(self.sets) - self.start

    @cached_property
    def group_pair(self) -> tuple[int, int, int] | None:
        """The least length t of words of both an element of a nontrivial group and its idempotent.

        Returned as (t, element, idempotent); None if there is none: the language is quasi-aperiodic.
        """
        members, idempotents = self._group_elements
        for length, present in enumerate(self.sets):
            both = np.flatnonzero(present[members] & present[idempotents])
            if length and len(both):
                return length, int(members[both[0]]), int(idempotents[both[0]])
        return None

    @property
    def _group_elements(self) -> tuple[NDArray[np.int64], Int32s]:
        """Elements of nontrivial groups, and the idempotents of their groups."""
        elements = self.monoid.elements
        exponent = _idempotent_powers(elements)
        cycles = (compose(exponent, elements) == elements).all(axis=1) & (exponent != elements).any(axis=1)
        members = np.flatnonzero(cycles)
        return members, self.monoid.numbers(exponent[members])

    def word(self, length: int, element: int) -> tuple[str, ...]:
        """Return a word of a given length for an element of ``sets[length]``."""
        symbols = []
        right = self.monoid.right
        for before in reversed(self.sets[:length]):
            sources = np.flatnonzero(before)
            transitions = np.argwhere(right[sources] == element)
            row, symbol = transitions[0].tolist()
            symbols.append(self.monoid.machine.symbols[symbol])
            element = int(sources[row])
        return tuple(reversed(symbols))


def length_sets(monoid: TransitionMonoid, *, max_lengths: int = MAX_LENGTHS) -> LengthSets:
    """Return the sets of elements that have a word of each length.

    Raises
    ------
    ParameterError
        If the sequence does not repeat within ``max_lengths``.
    """
    current = np.zeros(len(monoid), dtype=bool)
    current[0] = True
    sets, seen = list[Bools](), dict[bytes, int]()
    while (key := np.packbits(current).tobytes()) not in seen:
        if len(sets) >= max_lengths:
            raise ParameterError(
                f"the sets of elements of {monoid.machine.name} by word length do not repeat within "
                f"{max_lengths:,} lengths; increase max_lengths"
            )
        seen[key] = len(sets)
        sets.append(current)
        following = np.zeros(len(monoid), dtype=bool)
        following[monoid.right[current].ravel()] = True
        current = following
    return LengthSets(monoid, tuple(sets), seen[key])


def _idempotent_powers(elements: Maps) -> Maps:
    """Return the idempotent power of each element."""
    powers = elements.copy()
    remaining = np.arange(len(elements))
    power = elements
    while len(remaining):
        idempotent = (compose(power, power) == power).all(axis=1)
        powers[remaining[idempotent]] = power[idempotent]
        remaining, power = remaining[~idempotent], power[~idempotent]
        power = compose(power, elements[remaining])
    return np.asarray(powers)
