"""Krohn-Rhodes cascades: an automaton as a chain of levels, each driven by the symbol and the levels above.

Shapes: A symbols, N tuples of coordinates, K levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.automaton_class import Automaton, Bools, Int32s
from streamssm.automata.groups.description import GroupDescription
from streamssm.errors import ParameterError

Int64s = NDArray[np.int64]


class LevelKind(Enum):
    """The maps by which symbols act on a level's coordinate, for fixed coordinates above it."""

    RESET = "reset"  # the identity and constants
    CYCLIC = "cyclic"  # and additions modulo the size
    PERMUTATION = "permutation"  # and all permutations


@dataclass(frozen=True)
class CascadeLevel:
    """One coordinate of a cascade, with values in [0, size).

    ``factor`` is the number of the abelian factor that a cyclic level belongs to, None for other levels;
    levels of one factor do not read each other. ``groups`` are the distinct nontrivial groups generated on
    the level by words that return the coordinates above it to their values.
    """

    size: int
    kind: LevelKind
    factor: int | None = None
    groups: tuple[GroupDescription, ...] = ()


@dataclass(frozen=True, eq=False)
class Cascade:
    """A cascade decomposition: coordinates of an automaton's states, and their transitions.

    Law (checked on construction): ``decode[next_tuple[n, a]] == machine.next_state[decode[n], a]``, and
    coordinate i of ``next_tuple[n, a]`` depends on a and on coordinates 0..i of n alone; for fixed a and
    coordinates above, level i's values are mapped as its kind allows. Tuples are distinct.

    ``coordinates`` (N, K) holds the tuples in use, closed under symbols. ``next_tuple`` (N, A) and
    ``initial`` are numbers of tuples; ``decode`` (N,) is the homomorphism onto the machine's states.
    """

    machine: Automaton
    levels: tuple[CascadeLevel, ...]
    coordinates: Int32s
    next_tuple: Int32s
    decode: Int32s
    initial: int

    def __post_init__(self) -> None:
        for name in ("coordinates", "next_tuple", "decode"):
            table = np.ascontiguousarray(getattr(self, name), dtype=np.int32).copy()
            table.setflags(write=False)
            object.__setattr__(self, name, table)
        self._require_simulation()
        above = np.zeros(len(self.coordinates), dtype=np.int64)
        for index, level in enumerate(self.levels):
            self._require_level(index, above)
            above = np.unique(above * level.size + self.coordinates[:, index], return_inverse=True)[1].ravel()

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of values of the levels."""
        return tuple(level.size for level in self.levels)

    def _require_simulation(self) -> None:
        expected = self.machine.next_state[self.decode]
        if not np.array_equal(self.decode[self.next_tuple], expected):
            raise ParameterError(
                f"the cascade does not simulate {self.machine.name}: decode is not a homomorphism"
            )
        if self.decode[self.initial] != self.machine.initial:
            raise ParameterError(
                f"the cascade's initial tuple does not decode to the initial state of {self.machine.name}"
            )
        if len(np.unique(self.coordinates, axis=0)) != len(self.coordinates):
            raise ParameterError(f"the cascade of {self.machine.name} has two equal tuples of coordinates")
        if (self.coordinates < 0).any() or (self.coordinates >= np.array(self.sizes)).any():
            raise ParameterError(f"coordinates must be at least 0 and less than {self.sizes}")

    def _require_level(self, index: int, above: Int64s) -> None:
        """Check that a level reads only the levels above it, and that its maps are of its kind.

        ``above`` (N,) numbers the distinct combinations of the coordinates above the level.
        """
        level, num_symbols = self.levels[index], self.machine.num_symbols
        values = self.coordinates[:, index].astype(np.int64)
        action = above[:, None] * num_symbols + np.arange(num_symbols)
        keys, firsts, copies = np.unique(
            action * level.size + values[:, None], return_index=True, return_inverse=True
        )
        # transitions with one key agree in the symbol and the coordinates down to this level, so the law
        # demands one target for them
        targets = values[self.next_tuple].ravel()
        if not np.array_equal(targets[firsts][copies.ravel()], targets):
            raise ParameterError(f"level {index} depends on levels below it")
        actions, sources = np.divmod(keys, level.size)
        moves = CascadeMoves(actions, sources, targets[firsts], level.size)
        wrong = np.flatnonzero(~moves.conform_to(level.kind))
        if len(wrong):
            action_number, mapping = moves.map_at(int(wrong[0]))
            raise ParameterError(
                f"level {index} is not a {level.kind.value} level: "
                f"{self.machine.symbols[action_number % num_symbols]!r} maps its values {mapping}"
            )


class CascadeMoves:
    """Partial maps of a level's values, as triples (map, source, target) sorted by map."""

    def __init__(self, actions: Int64s, sources: Int64s, targets: Int64s, size: int) -> None:
        self._actions, self._sources, self._targets, self._size = actions, sources, targets, size
        self._starts = np.flatnonzero(np.diff(actions, prepend=-1))

    def map_at(self, index: int) -> tuple[int, dict[int, int]]:
        """Return the number of the map at an index, and the map."""
        action = int(self._actions[self._starts[index]])
        rows = np.flatnonzero(self._actions == action)
        return action, dict(zip(self._sources[rows].tolist(), self._targets[rows].tolist(), strict=True))

    def conform_to(self, kind: LevelKind) -> Bools:
        """Return a mask of the maps that a kind allows; every kind allows resets."""
        resets = self._constant(self._targets) | self._all(self._sources == self._targets)
        if kind is LevelKind.RESET:
            return resets
        if kind is LevelKind.CYCLIC:
            return resets | self._constant((self._targets - self._sources) % self._size)
        return resets | self._injective()

    def _constant(self, values: Int64s) -> Bools:
        low, high = np.minimum.reduceat(values, self._starts), np.maximum.reduceat(values, self._starts)
        return np.asarray(low == high)

    def _all(self, holds: Bools) -> Bools:
        return np.asarray(np.logical_and.reduceat(holds, self._starts))

    def _injective(self) -> Bools:
        """Return a mask of the injective maps."""
        _, firsts = np.unique(self._actions * self._size + self._targets, return_index=True)
        once = np.zeros(len(self._targets), dtype=bool)
        once[firsts] = True
        return self._all(once)
