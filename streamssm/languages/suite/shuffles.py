"""Dyck-1, and shuffles of Dyck-1 words over several kinds of brackets."""

from __future__ import annotations

from functools import cache
from math import comb

import numpy as np

from streamssm.algorithms.parameters import BEYOND
from streamssm.algorithms.shuffled_brackets import ShuffledBrackets
from streamssm.languages.suite.bounded_dyck import bracket_symbols
from streamssm.languages.suite.program_language import CounterLanguage
from streamssm.languages.suite.sampling import Walks, Word, choose
from streamssm.languages.suite.suite_language import END, LanguageClass

SOURCE = "Suzgun et al., LSTM Networks Can Perform Dynamic Counting, 2019, arXiv 1906.03648"
KINDS = (1, 2, 4, 6)
DYCK_1 = Walks(deltas=(1, -1), weights=(1, 1))


class NextBrackets(ShuffledBrackets):
    """Predict: 1 for each symbol that can come next, and for the end, else 0; 2 after a counter overflow."""

    def output(self) -> tuple[int, ...]:  # type: ignore[override]
        return tuple(BEYOND if self.beyond else self.allows(index) for index in range(2 * self.kinds + 1))

    def allows(self, index: int) -> int:
        """Return whether a symbol can come next; the index after the last symbol is the end of the word."""
        if self.failed:
            return 0
        if index == 2 * self.kinds:
            return int(all(count == 0 for count in self.open))
        return int(index % 2 == 0 or self.open[index // 2] > 0)


def shuffle(kinds: int) -> CounterLanguage:
    """Return the language of words in which the brackets of every kind match; one kind gives Dyck-1.

    >>> shuffle(2).contains("([)]"), shuffle(1).sufficient_length(counter_bits=4)
    (True, 15)
    """
    symbols = bracket_symbols(kinds)
    return CounterLanguage(
        name="dyck_1" if kinds == 1 else f"shuffle_{kinds}",
        description="brackets that match" if kinds == 1 else f"shuffle of {kinds} kinds of matching brackets",
        source=SOURCE,
        language_class=LanguageClass.COUNTER,
        symbols=symbols,
        is_member=lambda word: _open(word, symbols) == [0] * kinds,
        is_of_paper=True,
        draw_word=lambda length, rng: draw_shuffle(kinds, length, rng),
        next_symbols=lambda word: _admissible(word, symbols),
        recognizer=lambda bits: ShuffledBrackets(kinds, bits),
        predictor=lambda bits: NextBrackets(kinds, bits),
        longest=lambda bits: 2**bits - 1,
    )


def _open(word: Word, symbols: tuple[str, ...]) -> list[int] | None:
    """Return the number of open brackets of each kind, or None if a bracket was closed without being open."""
    counts = dict.fromkeys(symbols[::2], 0)
    opening = dict(zip(symbols[1::2], symbols[::2], strict=True))
    for symbol in word:
        counts[opening.get(symbol, symbol)] += -1 if symbol in opening else 1
        if min(counts.values()) < 0:
            return None
    return list(counts.values())


def _admissible(word: Word, symbols: tuple[str, ...]) -> frozenset[str]:
    counts = _open(word, symbols)
    if counts is None:
        return frozenset()
    closing = {symbol for symbol, count in zip(symbols[1::2], counts, strict=True) if count}
    return frozenset({*symbols[::2], *closing, *([] if any(counts) else [END])})


def draw_shuffle(kinds: int, length: int, rng: np.random.Generator) -> Word | None:
    """Draw a uniform shuffle of matching brackets of a length, or None if there is none."""
    if length % 2:
        return None
    pairs, remaining = [], length // 2
    for later in range(kinds - 1, -1, -1):
        weights = [
            _shuffles(1, n) * comb(2 * remaining, 2 * n) * _shuffles(later, remaining - n)
            for n in range(remaining + 1)
        ]
        pairs.append(choose(weights, rng))
        remaining -= pairs[-1]
    words = [iter(DYCK_1.draw(2 * n, rng) or ()) for n in pairs]
    turns = rng.permutation(np.repeat(np.arange(kinds), 2 * np.array(pairs))).tolist()
    symbols = bracket_symbols(kinds)
    return tuple(symbols[2 * kind + next(words[kind])] for kind in turns)


@cache
def _shuffles(kinds: int, pairs: int) -> int:
    """Return the number of shuffles of ``kinds`` kinds of brackets with ``pairs`` pairs in all."""
    if kinds == 0:
        return int(pairs == 0)
    catalan = comb(2 * pairs, pairs) // (pairs + 1)
    if kinds == 1:
        return catalan
    return sum(
        _shuffles(1, n) * comb(2 * pairs, 2 * n) * _shuffles(kinds - 1, pairs - n) for n in range(pairs + 1)
    )


LANGUAGES = tuple(map(shuffle, KINDS))
