"""The machines of one word, all of them: where it starts, and what each symbol does to its values.

Shapes: m machines, n words of the demands, v maps of one word, t values of a word.
``maps`` (v, t) holds offsets from the word's low end; -1 is out of range. ``h`` (m, n) holds offsets, too.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from streamssm.limits.synthesis.examples import Examples
from streamssm.limits.synthesis.model_class import ModelClass, Weights
from streamssm.ssm.formats import Overflow

MAX_MAP_VALUES = 10**7  # of all maps of one word: a few seconds

Int32s = NDArray[np.int32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class WordAutomaton:
    """One word's weights: its range, where it starts, an entry and an increment per symbol."""

    low: int
    top: int
    initial: int
    steps: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Family:
    """The machines whose words have one range, and whose entries are among some."""

    setting: ModelClass
    num_symbols: int
    low: int
    top: int
    entries: tuple[int, ...]

    @cached_property
    def _found(self) -> dict[tuple[int, ...], tuple[int, int]]:
        """The different maps, each with the first entry and increment that make it."""
        found: dict[tuple[int, ...], tuple[int, int]] = {}
        for a in self.entries:
            for b in self.setting.increments(a, self.low):
                found.setdefault(tuple(self._map(a, b)), (a, b))
        return found

    def _map(self, a: int, b: int) -> Iterator[int]:
        """Yield where every value goes."""
        for value in range(self.low, self.low + self.top + 1):
            offset = (a * value >> self.setting.fraction_bits) + b - self.low
            if self.setting.overflow is Overflow.WRAP:
                yield offset & self.top
            elif self.setting.overflow is Overflow.SATURATE:
                yield min(max(offset, 0), self.top)
            else:
                yield offset if 0 <= offset <= self.top else -1

    @property
    def shape(self) -> tuple[int, ...]:
        """How many initial values there are, and how many maps for each symbol."""
        return (self.top + 1, *[len(self._found)] * self.num_symbols)

    @property
    def size(self) -> int:
        return prod(self.shape)

    def machine(self, number: int) -> WordAutomaton:
        """Return a machine by its number."""
        initial, *chosen = np.unravel_index(number, self.shape)
        steps = list(self._found.values())
        return WordAutomaton(
            self.low, self.top, self.low + int(initial), tuple(steps[int(place)] for place in chosen)
        )

    def states(self, numbers: NDArray[np.int64], demands: Examples) -> tuple[Int32s, Bools]:
        """Return the state of machines after every word of the demands, and whether all are in range."""
        maps = np.array(list(self._found), dtype=np.int32)
        initial, *chosen = np.unravel_index(numbers, self.shape)
        place = {word: n for n, word in enumerate(demands.words)}
        h = np.empty((len(numbers), len(demands.words)), dtype=np.int32)
        for n, word in enumerate(demands.words):
            # what is out of range reads the map's last value, and is dropped for what it was before
            h[:, n] = maps[chosen[word[-1]], h[:, place[word[:-1]]]] if word else initial
        inside: Bools = np.all(h >= 0, axis=1)
        return h, inside


def families(setting: ModelClass, num_symbols: int) -> list[Family]:
    """Return families that hold every machine of one word: where A is the same at every step, one by A."""
    entries = tuple(setting.entries)
    groups = [(a,) for a in entries] if setting.is_time_invariant else [entries]
    return [
        Family(setting, num_symbols, low, top, group)
        for low in setting.lows
        for top in setting.tops
        for group in groups
    ]


def num_machines(setting: ModelClass, num_symbols: int) -> int | None:
    """Return how many machines of one word there are, equal ones once; None where the maps are too many."""
    maps = len(setting.tops) * sum(
        len(setting.increments(a, low)) for a in setting.entries for low in setting.lows
    )
    if maps * (setting.top + 1) > MAX_MAP_VALUES:
        return None
    return sum(family.size for family in families(setting, num_symbols))


def listed_weights(machines: Sequence[WordAutomaton], num_symbols: int) -> Weights:
    """Return the weights of a model whose words are given machines."""
    symbols = range(num_symbols)
    return Weights(
        lows=tuple(machine.low for machine in machines),
        tops=tuple(machine.top for machine in machines),
        initial=tuple(machine.initial for machine in machines),
        entries=tuple(tuple(machine.steps[x][0] for machine in machines) for x in symbols),
        increments=tuple(tuple(machine.steps[x][1] for machine in machines) for x in symbols),
    )


def ends_of(demands: Examples) -> NDArray[np.intp]:
    """Return the places of each pair's words among the words of the demands, shape (pairs, 2)."""
    place = {word: n for n, word in enumerate(demands.words)}
    return np.array([[place[word] for word in pair] for pair in demands.pairs], dtype=np.intp).reshape(-1, 2)


class OutOfTimeError(Exception):
    """A list has not been searched to its end in time."""


def require_time(end: float) -> None:
    """Raise OutOfTimeError after a time of the monotonic clock."""
    if time.monotonic() > end:
        raise OutOfTimeError
