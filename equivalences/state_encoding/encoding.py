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
    variables: tuple[EncodedVariable, ...]
    values: Int64s
    next_tuple: Int32s
    state: Int32s
    initial: int

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(variable.size for variable in self.variables)

    @cached_property
    def tuples(self) -> Int64s:
        """The tuple before each transition, shape (R,)."""
        return np.repeat(np.arange(len(self.values)), self.machine.num_symbols)

    @cached_property
    def symbols(self) -> Int64s:
        """The symbol of each transition, shape (R,)."""
        return np.tile(np.arange(self.machine.num_symbols), len(self.values))

    def before(self, variable: int) -> Int64s:
        """The word before each transition, shape (R,)."""
        return np.asarray(self.values[self.tuples, variable])

    def after(self, variable: int) -> Int64s:
        """The word after each transition, shape (R,)."""
        return np.asarray(self.values[self.next_tuple.ravel(), variable])


def of_cascade(cascade: Cascade) -> StateEncoding:
    """Return the coordinates of a cascade that the initial state leads to; words of one value left out."""
    retained = [index for index, level in enumerate(cascade.levels) if level.size > 1]
    variables = tuple(
        EncodedVariable(f"level {index + 1}", cascade.levels[index].size, cascade.levels[index].kind)
        for index in retained
    )
    encoding = StateEncoding(
        cascade.machine,
        variables,
        cascade.coordinates[:, retained].astype(np.int64),
        cascade.next_tuple,
        cascade.decode,
        cascade.initial,
    )
    return reachable(encoding)


def reachable(encoding: StateEncoding) -> StateEncoding:
    """Return the coordinates with those tuples alone that the initial one leads to."""
    order = automaton.reachable(np.ascontiguousarray(encoding.next_tuple), encoding.initial)
    numbers = np.full(len(encoding.values), -1, np.int32)
    numbers[order] = np.arange(len(order), dtype=np.int32)
    return replace(
        encoding,
        values=encoding.values[order],
        next_tuple=np.ascontiguousarray(numbers[encoding.next_tuple[order]]),
        state=encoding.state[order],
        initial=int(numbers[encoding.initial]),
    )
