"""Knuth-Morris-Pratt string matching, by the failure function of the pattern."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm


def spell(pattern: Sequence[Any], alphabet: Sequence[Any]) -> tuple[int, ...]:
    """Return the indices of a pattern's letters in an alphabet.

    >>> spell("abba", "ab")
    (0, 1, 1, 0)

    Raises
    ------
    ParameterError
        If the pattern is empty or has a letter outside the alphabet, or if the alphabet has duplicates.
    """
    positions = {letter: position for position, letter in enumerate(alphabet)}
    if len(positions) < len(alphabet):
        raise ParameterError(f"alphabet {alphabet!r} has duplicate letters")
    for letter in pattern:
        if letter not in positions:
            raise ParameterError(f"pattern letter {letter!r} is not in the alphabet {alphabet!r}")
    if not pattern:
        raise ParameterError("pattern is empty")
    return tuple(positions[letter] for letter in pattern)


def failure_function(letters: Sequence[int]) -> tuple[int, ...]:
    """Return for 0..m matched letters how many remain matched on a mismatch; -1 consumes the letter.

    This is the strong failure function: it never leads to a position where the same letter would fail again.

    >>> failure_function((0, 1, 0, 1))
    (-1, 0, -1, 0, 2)
    """
    failure = [-1]
    candidate = 0
    for position in range(1, len(letters)):
        same = letters[position] == letters[candidate]
        failure.append(failure[candidate] if same else candidate)
        while candidate >= 0 and letters[position] != letters[candidate]:
            candidate = failure[candidate]
        candidate += 1
    return (*failure, candidate)


class KnuthMorrisPratt(Algorithm):
    """Report the occurrences of a pattern in a stream, overlaps included, by Knuth-Morris-Pratt.

    A token is one field, ``symbol``, the index of a letter in the alphabet.

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
    >>> ends = []
    >>> for letter in "abababb":
    ...     matcher.update("ab".index(letter))
    ...     ends.append(matcher.output())
    >>> ends
    [0, 0, 1, 0, 1, 0, 0]
    """

    def __init__(self, pattern: str | Sequence[Any] = "abab", alphabet: str | Sequence[Any] = "ab") -> None:
        letters = spell(pattern, alphabet)
        self.size = len(letters)
        self.letters = letters
        self.failure = failure_function(letters)
        self.steps = max(_hops(self.failure, matched) for matched in range(self.size))
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


def _hops(failure: Sequence[int], matched: int) -> int:
    """Return the length of the chain of failures down to -1."""
    return 0 if matched < 0 else 1 + _hops(failure, failure[matched])
