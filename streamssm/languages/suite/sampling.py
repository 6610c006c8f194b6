"""Uniform sampling of words by counting, and of words at edit distance 1.

Counts are exact integers, so that all words of a length are equally likely.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.automaton_class import Automaton

Word = tuple[str, ...]
Seed = int | np.random.Generator


def below(total: int, rng: np.random.Generator) -> int:
    """Draw a uniform integer in [0, total) of any size, by rejection sampling.

    >>> below(1, np.random.default_rng(0))
    0
    """
    bits = (total - 1).bit_length()
    while True:
        drawn = int.from_bytes(rng.bytes((bits + 7) // 8), "little") & ((1 << bits) - 1)
        if drawn < total:
            return drawn


def choose(weights: Sequence[int], rng: np.random.Generator) -> int:
    """Draw an index with probability proportional to its weight, a natural number."""
    remaining = below(sum(weights), rng)
    for index, weight in enumerate(weights):
        remaining -= weight
        if remaining < 0:
            return index
    raise AssertionError("unreachable: some weight is positive")


@dataclass(frozen=True, eq=False)
class MachineWords:
    """A sampler of the words that a DFA accepts."""

    machine: Automaton
    _counts: list[NDArray[Any]] = field(default_factory=list)

    def draw(self, length: int, rng: np.random.Generator) -> Word | None:
        """Draw a uniform accepted word of a length, or None if there is none."""
        state, word = self.machine.initial, []
        if self._num_words(length)[state] == 0:
            return None
        for remaining in range(length - 1, -1, -1):
            targets = self.machine.next_state[state]
            symbol = choose(self._num_words(remaining)[targets].tolist(), rng)
            word.append(self.machine.symbols[symbol])
            state = int(targets[symbol])
        return tuple(word)

    def _num_words(self, length: int) -> NDArray[Any]:
        """Return the number of accepted words of a length from each state, as Python integers."""
        if not self._counts:
            self._counts.append(self.machine.accepting.astype(int).astype(object))
        while len(self._counts) <= length:
            self._counts.append(self._counts[-1][self.machine.next_state].sum(axis=1))
        return self._counts[length]


@dataclass(frozen=True)
class Walks:
    """Walks of a counter from ``start`` to 0.

    A step adds one of ``deltas``, with the multiplicity in ``weights``. The counter stays in [0, ceiling];
    with ``ends_at_zero`` it reaches 0 only at the last step.
    """

    deltas: tuple[int, ...]
    weights: tuple[int, ...]
    start: int = 0
    ceiling: int | None = None
    ends_at_zero: bool = False
    _counts: list[dict[int, int]] = field(default_factory=list, compare=False)

    def draw(self, length: int, rng: np.random.Generator) -> list[int] | None:
        """Draw a uniform walk of a length as indices into ``deltas``, or None if there is none."""
        height, steps = self.start, []
        if height not in self._num_walks(length):
            return None
        for remaining in range(length - 1, -1, -1):
            counts = self._num_walks(remaining)
            step = choose(
                [w * counts.get(height + d, 0) for d, w in zip(self.deltas, self.weights, strict=True)], rng
            )
            steps.append(step)
            height += self.deltas[step]
        return steps

    def _num_walks(self, length: int) -> dict[int, int]:
        """Return the number of walks of a length from each height to 0; heights without walks are absent."""
        while len(self._counts) <= length:
            self._counts.append(self._longer(self._counts[-1]) if self._counts else {0: 1})
        return self._counts[length]

    def _longer(self, counts: dict[int, int]) -> dict[int, int]:
        longer: dict[int, int] = {}
        for target, count in counts.items():
            for delta, weight in zip(self.deltas, self.weights, strict=True):
                if self._is_allowed(height := target - delta):
                    longer[height] = longer.get(height, 0) + weight * count
        return longer

    def _is_allowed(self, height: int) -> bool:
        """Return whether a walk may be at a height before its last step."""
        return height >= int(self.ends_at_zero) and (self.ceiling is None or height <= self.ceiling)


def edits(word: Word, symbols: Sequence[str], rng: np.random.Generator) -> Iterator[Word]:
    """Yield every word at edit distance 1 (replacement, insertion, deletion), in random order.

    >>> sorted(edits(("a",), "ab", np.random.default_rng(0)))
    [(), ('a', 'a'), ('a', 'a'), ('a', 'b'), ('b',), ('b', 'a')]
    """
    editors = {
        _replaced: len(word) * len(symbols),
        _inserted: (len(word) + 1) * len(symbols),
        _left_out: len(word),
    }
    orders = {editor: rng.permutation(count).tolist() for editor, count in editors.items()}
    while remaining := [editor for editor, order in orders.items() if order]:
        editor = remaining[int(rng.integers(len(remaining)))]
        if (edited := editor(word, symbols, orders[editor].pop())) != word:
            yield edited


def _replaced(word: Word, symbols: Sequence[str], number: int) -> Word:
    position, symbol = divmod(number, len(symbols))
    return (*word[:position], symbols[symbol], *word[position + 1 :])


def _inserted(word: Word, symbols: Sequence[str], number: int) -> Word:
    position, symbol = divmod(number, len(symbols))
    return (*word[:position], symbols[symbol], *word[position:])


def _left_out(word: Word, symbols: Sequence[str], number: int) -> Word:
    return (*word[:number], *word[number + 1 :])
