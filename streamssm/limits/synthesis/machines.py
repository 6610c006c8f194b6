"""All machines of one word: its initial value, and for each symbol a map of its values.

Shapes: m machines, n words of the examples, v maps of one word, t values of a word.
``maps`` (v, t) and ``h`` (m, n) hold offsets from the word's low end; -1 is out of range.
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

MAX_MAP_VALUES = 10**7  # values in all maps of one word: a few seconds

Int32s = NDArray[np.int32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class WordAutomaton:
    """The weights of one word: its range and initial value, and an entry and an increment per symbol."""

    low: int
    top: int
    initial: int
    steps: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Family:
    """All machines of a word with one range and with entries from one set."""

    model_class: ModelClass
    num_symbols: int
    low: int
    top: int
    entries: tuple[int, ...]

    @cached_property
    def _maps(self) -> dict[tuple[int, ...], tuple[int, int]]:
        """The distinct maps, each with the first entry and increment that give it."""
        maps: dict[tuple[int, ...], tuple[int, int]] = {}
        for a in self.entries:
            for b in self.model_class.increments(a, self.low):
                maps.setdefault(tuple(self._images(a, b)), (a, b))
        return maps

    def _images(self, a: int, b: int) -> Iterator[int]:
        """Yield the image of every value."""
        for value in range(self.low, self.low + self.top + 1):
            offset = (a * value >> self.model_class.fraction_bits) + b - self.low
            if self.model_class.overflow is Overflow.WRAP:
                yield offset & self.top
            elif self.model_class.overflow is Overflow.SATURATE:
                yield min(max(offset, 0), self.top)
            else:
                yield offset if 0 <= offset <= self.top else -1

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of initial values, and the number of maps for each symbol."""
        return (self.top + 1, *[len(self._maps)] * self.num_symbols)

    @property
    def size(self) -> int:
        return prod(self.shape)

    def machine(self, number: int) -> WordAutomaton:
        """Return a machine by its number."""
        initial, *chosen = np.unravel_index(number, self.shape)
        steps = list(self._maps.values())
        return WordAutomaton(
            self.low, self.top, self.low + int(initial), tuple(steps[int(index)] for index in chosen)
        )

    def states(self, numbers: NDArray[np.int64], examples: Examples) -> tuple[Int32s, Bools]:
        """Return the states of machines after every word of the examples, and a mask: all are in range."""
        maps = np.array(list(self._maps), dtype=np.int32)
        initial, *chosen = np.unravel_index(numbers, self.shape)
        column = {word: n for n, word in enumerate(examples.words)}
        h = np.empty((len(numbers), len(examples.words)), dtype=np.int32)
        for n, word in enumerate(examples.words):
            # A state out of range (-1) reads the last value of the map; its machine is dropped in any case.
            h[:, n] = maps[chosen[word[-1]], h[:, column[word[:-1]]]] if word else initial
        in_range: Bools = np.all(h >= 0, axis=1)
        return h, in_range


def families(model_class: ModelClass, num_symbols: int) -> list[Family]:
    """Return families of all machines of one word; a time-invariant A needs one family for each entry."""
    entries = tuple(model_class.entries)
    groups = [(a,) for a in entries] if model_class.is_time_invariant else [entries]
    return [
        Family(model_class, num_symbols, low, top, group)
        for low in model_class.lows
        for top in model_class.tops
        for group in groups
    ]


def num_machines(model_class: ModelClass, num_symbols: int) -> int | None:
    """Return the number of different machines of one word; None if there are too many maps to list."""
    maps = len(model_class.tops) * sum(
        len(model_class.increments(a, low)) for a in model_class.entries for low in model_class.lows
    )
    if maps * (model_class.top + 1) > MAX_MAP_VALUES:
        return None
    return sum(family.size for family in families(model_class, num_symbols))


def listed_weights(machines: Sequence[WordAutomaton], num_symbols: int) -> Weights:
    """Return the weights of a model with one word for each machine."""
    symbols = range(num_symbols)
    return Weights(
        lows=tuple(machine.low for machine in machines),
        tops=tuple(machine.top for machine in machines),
        initial=tuple(machine.initial for machine in machines),
        entries=tuple(tuple(machine.steps[x][0] for machine in machines) for x in symbols),
        increments=tuple(tuple(machine.steps[x][1] for machine in machines) for x in symbols),
    )


def ends_of(examples: Examples) -> NDArray[np.intp]:
    """Return the columns of each pair's words among the words of the examples, shape (pairs, 2)."""
    column = {word: n for n, word in enumerate(examples.words)}
    return np.array([[column[word] for word in pair] for pair in examples.pairs], dtype=np.intp).reshape(
        -1, 2
    )


class OutOfTimeError(Exception):
    """The time ran out before the end of an enumeration."""


def require_time(end: float) -> None:
    """Raise OutOfTimeError after a time of the monotonic clock."""
    if time.monotonic() > end:
        raise OutOfTimeError
