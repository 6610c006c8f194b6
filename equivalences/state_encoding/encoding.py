"""Coordinates of an automaton's states: words, each moved by the symbol and by the words before it.

Shapes: N tuples of coordinates, K words, A symbols, R transitions (a tuple and a symbol each).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.cascade import Cascade, LevelKind
from streamssm.automata.machine import Automaton, Int32s
from streamssm.cext import automaton

Int64s = NDArray[np.int64]


@dataclass(frozen=True)
class EncodedVariable:
    """A word of ``size`` values; ``kind`` is how symbols may move them, if the word does not count."""

    name: str
    size: int
    kind: LevelKind = LevelKind.RESET
    counts: bool = False


@dataclass(frozen=True, eq=False)
class StateEncoding:
    """Tuples of words that stand for the states of a machine, and how symbols move them.

    Law: ``state[next_tuple[n, a]] == machine.next_state[state[n], a]``.

    ``values`` (N, K), ``next_tuple`` (N, A), ``state`` (N,), ``initial`` a number of a tuple. All tuples are
    reachable from the initial one.
    """

    machine: Automaton
    words: tuple[EncodedVariable, ...]
    values: Int64s
    next_tuple: Int32s
    state: Int32s
    initial: int

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(word.size for word in self.words)

    @cached_property
    def tuples(self) -> Int64s:
        """The tuple before each transition, shape (R,)."""
        return np.repeat(np.arange(len(self.values)), self.machine.num_symbols)

    @cached_property
    def symbols(self) -> Int64s:
        """The symbol of each transition, shape (R,)."""
        return np.tile(np.arange(self.machine.num_symbols), len(self.values))

    def before(self, word: int) -> Int64s:
        """The word before each transition, shape (R,)."""
        return np.asarray(self.values[self.tuples, word])

    def after(self, word: int) -> Int64s:
        """The word after each transition, shape (R,)."""
        return np.asarray(self.values[self.next_tuple.ravel(), word])


def of_cascade(cascade: Cascade) -> StateEncoding:
    """Return the coordinates of a cascade that the initial state leads to; words of one value left out."""
    kept = [place for place, level in enumerate(cascade.levels) if level.size > 1]
    words = tuple(
        EncodedVariable(f"level {place + 1}", cascade.levels[place].size, cascade.levels[place].kind)
        for place in kept
    )
    found = StateEncoding(
        cascade.machine,
        words,
        cascade.coordinates[:, kept].astype(np.int64),
        cascade.next_tuple,
        cascade.decode,
        cascade.initial,
    )
    return reachable(found)


def reachable(found: StateEncoding) -> StateEncoding:
    """Return the coordinates with those tuples alone that the initial one leads to."""
    order = automaton.reachable(np.ascontiguousarray(found.next_tuple), found.initial)
    numbers = np.full(len(found.values), -1, np.int32)
    numbers[order] = np.arange(len(order), dtype=np.int32)
    return replace(
        found,
        values=found.values[order],
        next_tuple=np.ascontiguousarray(numbers[found.next_tuple[order]]),
        state=found.state[order],
        initial=int(numbers[found.initial]),
    )
