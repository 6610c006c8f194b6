"""Finding a pattern in a stream by its failure function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm


def spell(pattern: Sequence[Any], alphabet: Sequence[Any]) -> tuple[int, ...]:
    """Return a pattern as the positions of its letters in an alphabet.

    >>> spell("abba", "ab")
    (0, 1, 1, 0)

    Raises
    ------
    ParameterError
        If the pattern is empty, a letter is missing in the alphabet, or one is in it twice.
    """
    places = {letter: place for place, letter in enumerate(alphabet)}
    if len(places) < len(alphabet):
        raise ParameterError(f"alphabet must have every letter once, not be {alphabet!r}")
    for letter in pattern:
        if letter not in places:
            raise ParameterError(f"pattern must have letters of {alphabet!r} only, not {letter!r}")
    if not pattern:
        raise ParameterError("pattern must have at least 1 letter, not 0")
    return tuple(places[letter] for letter in pattern)


def failure_function(letters: Sequence[int]) -> tuple[int, ...]:
    """Return for 0..m matched letters how many stay matched when the next one differs; -1 for none.

    This is the strong form: it never goes to a place where the same letter would fail again.

    >>> failure_function((0, 1, 0, 1))
    (-1, 0, -1, 0, 2)
    """
    failure = [-1]
    candidate = 0
    for place in range(1, len(letters)):
        same = letters[place] == letters[candidate]
        failure.append(failure[candidate] if same else candidate)
        while candidate >= 0 and letters[place] != letters[candidate]:
            candidate = failure[candidate]
        candidate += 1
    return (*failure, candidate)


class KnuthMorrisPratt(Algorithm):
    """Report where a pattern ends in a stream, overlapping places included.

    A token is one field, ``symbol``, the position of a letter in the alphabet.

    Law: the output is 1 exactly if the stream so far ends with the pattern.

    Parameters
    ----------
    pattern : a string, or a sequence of letters
    alphabet : all letters that the stream may have, each once

    Notes
    -----
    Memory: ``ceil(log2(m + 1))`` bits for a pattern of m letters: the m + 1 numbers of matched letters are
    the states of the smallest automaton. Source: Knuth, Morris and Pratt, *Fast Pattern Matching in Strings*,
    1977, who also show that the chain of failures of one symbol is logarithmic in m.

    >>> matcher = KnuthMorrisPratt("aba", "ab")
    >>> found = []
    >>> for letter in "abababb":
    ...     matcher.update("ab".index(letter))
    ...     found.append(matcher.output())
    >>> found
    [0, 0, 1, 0, 1, 0, 0]
    """

    def __init__(self, pattern: str | Sequence[Any] = "abab", alphabet: str | Sequence[Any] = "ab") -> None:
        letters = spell(pattern, alphabet)
        self.size = len(letters)
        self.letters = letters
        self.failure = failure_function(letters)
        self.steps = max(_hops(self.failure, place) for place in range(self.size))
        self.tokens(symbol=len(alphabet))
        self.matched = self.register(self.size + 1)

    def update(self, symbol: int) -> None:
        matched = self.failure[self.size] if self.matched == self.size else self.matched
        for _ in range(self.steps):
            if matched < 0 or self.letters[matched] == symbol:
                break
            matched = self.failure[matched]
        self.matched = matched + 1

    def output(self) -> int:
        return int(self.matched == self.size)


def _hops(failure: Sequence[int], place: int) -> int:
    """Return how many failures lead from a place down to -1."""
    return 0 if place < 0 else 1 + _hops(failure, failure[place])
