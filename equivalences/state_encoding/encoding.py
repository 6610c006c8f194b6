"""State encodings (the state assignment of Hartmanis and Stearns): states as tuples of encoded variables.

Each variable is updated by the symbol and by the variables before it, so the encoding is a cascade.

Shapes: N tuples of values, K variables, A symbols, R transitions (a tuple and a symbol each).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.automaton_class import Automaton, Int32s
from streamssm.automata.cascade import Cascade, LevelKind
from streamssm.cext import automaton

Int64s = NDArray[np.int64]


@dataclass(frozen=True)
class EncodedVariable:
    """A variable with values 0..size-1; ``kind`` is how symbols act on it, unless it ``counts``."""

    name: str
    size: int
    kind: LevelKind = LevelKind.RESET
    counts: bool = False


@dataclass(frozen=True, eq=False)
class StateEncoding:
    """An encoding of a machine's states by tuples of variables; several tuples may encode one state.

    Law: ``state[next_tuple[n, a]] == machine.next_state[state[n], a]``.

    ``values`` (N, K), ``next_tuple`` (N, A), ``state`` (N,), ``initial`` the index of a tuple. All tuples are
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
        """Return a variable's value before each transition, shape (R,)."""
        return np.asarray(self.values[self.tuples, variable])

    def after(self, variable: int) -> Int64s:
        """Return a variable's value after each transition, shape (R,)."""
        return np.asarray(self.values[self.next_tuple.ravel(), variable])


def of_cascade(cascade: Cascade) -> StateEncoding:
    """Return the encoding by the levels of a cascade, restricted to reachable tuples.

    Levels with a single value are left out.
    """
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
    """Return the encoding restricted to the tuples that are reachable from the initial one."""
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
