"""Cascade: an automaton as a chain of small ones, each driven by the symbol and by those above it.

Shapes: A symbols, N tuples of coordinates, K levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.groups.description import GroupDescription
from streamssm.automata.machine import Automaton, Bools, Int32s
from streamssm.errors import ParameterError

Int64s = NDArray[np.int64]


class LevelKind(Enum):
    """How symbols act on a level's coordinate, for given coordinates above it."""

    RESET = "reset"  # they leave it alone or set it to a constant
    CYCLIC = "cyclic"  # or add to it, modulo its size
    PERMUTATION = "permutation"  # or permute its values


@dataclass(frozen=True)
class CascadeLevel:
    """One coordinate of a cascade, with values in [0, size).

    ``factor`` numbers the abelian factor that a cyclic level is a part of: levels of one factor do not read
    each other. None for other levels. ``groups`` are the different groups that words
    generate on it where the coordinates above come back to what they were, those of one element left out.
    """

    size: int
    kind: LevelKind
    factor: int | None = None
    groups: tuple[GroupDescription, ...] = ()


@dataclass(frozen=True, eq=False)
class Cascade:
    """The coordinates of an automaton's states and how symbols move them.

    Law (checked on construction): ``decode[next_tuple[n, a]] == machine.next_state[decode[n], a]``, and
    coordinate i of ``next_tuple[n, a]`` depends on a and on coordinates 0..i of n alone; for fixed a and
    coordinates above, level i's values are moved as its kind says. Equal coordinates are one tuple.

    ``coordinates`` (N, K): the tuples that are used, closed under symbols. ``next_tuple`` (N, A) and
    ``initial`` are numbers of tuples, ``decode`` (N,) the machine's states.
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
        for place, level in enumerate(self.levels):
            self._require_level(place, above)
            above = np.unique(above * level.size + self.coordinates[:, place], return_inverse=True)[1].ravel()

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of values of the levels."""
        return tuple(level.size for level in self.levels)

    def _require_simulation(self) -> None:
        expected = self.machine.next_state[self.decode]
        if not np.array_equal(self.decode[self.next_tuple], expected):
            raise ParameterError(f"the cascade of {self.machine.name} must move as the machine does")
        if self.decode[self.initial] != self.machine.initial:
            raise ParameterError(f"the cascade of {self.machine.name} must start where the machine does")
        if len(np.unique(self.coordinates, axis=0)) != len(self.coordinates):
            raise ParameterError(f"the cascade of {self.machine.name} must hold every tuple once")
        if (self.coordinates < 0).any() or (self.coordinates >= np.array(self.sizes)).any():
            raise ParameterError(f"coordinates must lie below {self.sizes}")

    def _require_level(self, place: int, above: Int64s) -> None:
        """Check that a level is driven from above, and moved as its kind says.

        ``above`` numbers what the coordinates above are in each tuple.
        """
        level, num_symbols = self.levels[place], self.machine.num_symbols
        values = self.coordinates[:, place].astype(np.int64)
        action = above[:, None] * num_symbols + np.arange(num_symbols)
        keys, firsts, copies = np.unique(
            action * level.size + values[:, None], return_index=True, return_inverse=True
        )
        targets = values[self.next_tuple].ravel()
        if not np.array_equal(targets[firsts][copies.ravel()], targets):
            raise ParameterError(f"level {place} must be driven by the levels above it alone")
        actions, sources = np.divmod(keys, level.size)
        found = CascadeMoves(actions, sources, targets[firsts], level.size)
        wrong = np.flatnonzero(~found.are(level.kind))
        if len(wrong):
            number, moved = found.of(int(wrong[0]))
            raise ParameterError(
                f"level {place} must be moved as a {level.kind.value} level, and "
                f"{self.machine.symbols[number % num_symbols]!r} moves {moved}"
            )


class CascadeMoves:
    """Maps of a level's values, each known where the level has values; sorted by the numbers of the maps."""

    def __init__(self, actions: Int64s, sources: Int64s, targets: Int64s, size: int) -> None:
        self._actions, self._sources, self._targets, self._size = actions, sources, targets, size
        self._starts = np.flatnonzero(np.diff(actions, prepend=-1))

    def of(self, place: int) -> tuple[int, dict[int, int]]:
        """Return a map with its number."""
        number = int(self._actions[self._starts[place]])
        rows = np.flatnonzero(self._actions == number)
        return number, dict(zip(self._sources[rows].tolist(), self._targets[rows].tolist(), strict=True))

    def are(self, kind: LevelKind) -> Bools:
        """Return which maps are of a kind: resets are of all."""
        resets = self._constant(self._targets) | self._all(self._sources == self._targets)
        if kind is LevelKind.RESET:
            return resets
        if kind is LevelKind.CYCLIC:
            return resets | self._constant((self._targets - self._sources) % self._size)
        return resets | self._injective()

    def _constant(self, values: Int64s) -> Bools:
        low, high = np.minimum.reduceat(values, self._starts), np.maximum.reduceat(values, self._starts)
        return np.asarray(low == high)

    def _all(self, held: Bools) -> Bools:
        return np.asarray(np.logical_and.reduceat(held, self._starts))

    def _injective(self) -> Bools:
        """Return which maps take different values to different ones."""
        _, firsts = np.unique(self._actions * self._size + self._targets, return_index=True)
        once = np.zeros(len(self._targets), dtype=bool)
        once[firsts] = True
        return self._all(once)
