"""Cascade: an automaton as a chain of small ones, each driven by the symbol and by those above it.

Shapes: A symbols, N tuples of coordinates, K levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from streamssm.errors import ParameterError
from streamssm.languages.machine import Int32s, Machine


class LevelKind(Enum):
    """How symbols act on a level's coordinate, for given coordinates above it."""

    RESET = "reset"  # they leave it alone or set it to a constant
    CYCLIC = "cyclic"  # or add to it, modulo its size
    PERMUTATION = "permutation"  # or permute its values


@dataclass(frozen=True)
class Level:
    """One coordinate of a cascade, with values in [0, size).

    ``factor`` numbers the abelian factor that a cyclic level is a part of: levels of one factor do not read
    each other. None for other levels.
    """

    size: int
    kind: LevelKind
    factor: int | None = None


@dataclass(frozen=True, eq=False)
class Cascade:
    """The coordinates of an automaton's states and how symbols move them.

    Law (checked on construction): ``decode[next_tuple[n, a]] == machine.next_state[decode[n], a]``, and
    coordinate i of ``next_tuple[n, a]`` depends on a and on coordinates 0..i of n alone; for fixed a and
    coordinates above, level i's values are moved as its kind says. Equal coordinates are one tuple.

    ``coordinates`` (N, K): the tuples that are used, closed under symbols. ``next_tuple`` (N, A) and
    ``initial`` are numbers of tuples, ``decode`` (N,) the machine's states.
    """

    machine: Machine
    levels: tuple[Level, ...]
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
        for place in range(len(self.levels)):
            self._require_level(place)

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

    def _require_level(self, place: int) -> None:
        """Check that a level is driven from above, and moved as its kind says."""
        actions: dict[tuple[int, ...], dict[int, int]] = {}
        before, size = self.coordinates.tolist(), self.levels[place].size
        for number, row in enumerate(self.next_tuple.tolist()):
            above, value = before[number][:place], before[number][place]
            for symbol, target in enumerate(row):
                action = actions.setdefault((symbol, *above), {})
                if action.setdefault(value, before[target][place]) != before[target][place]:
                    raise ParameterError(f"level {place} must be driven by the levels above it alone")
        for (symbol, *_), action in actions.items():
            if not _moves_as(self.levels[place].kind, action, size):
                raise ParameterError(
                    f"level {place} must be moved as a {self.levels[place].kind.value} level, and "
                    f"{self.machine.symbols[symbol]!r} moves {action}"
                )


def _moves_as(kind: LevelKind, action: dict[int, int], size: int) -> bool:
    """Return whether a map, known where the level has values, is one of the kind's."""
    reset = len(set(action.values())) == 1 or all(a == b for a, b in action.items())
    if kind is LevelKind.RESET:
        return reset
    if kind is LevelKind.CYCLIC:
        return reset or len({(b - a) % size for a, b in action.items()}) == 1
    return reset or len(set(action.values())) == len(action)
