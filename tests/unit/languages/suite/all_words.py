"""All words over some symbols, short ones first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from streamssm.languages.suite.sampling import Word


def words_of_length(symbols: Sequence[str], length: int) -> Iterator[Word]:
    yield from product(symbols, repeat=length)


def words_up_to(symbols: Sequence[str], length: int) -> Iterator[Word]:
    for shorter in range(length + 1):
        yield from words_of_length(symbols, shorter)


def greatest_length(symbols: Sequence[str], most_words: int) -> int:
    """Return the length up to which there are at most so many words, at most 16."""
    length = total = 0
    while length < 16 and (total := total + len(symbols) ** (length + 1)) < most_words:
        length += 1
    return length
