"""Alphabet: the names of symbols, and words as text or as numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import ParameterError, TokenError

SymbolWord = str | Sequence[str]


@dataclass(frozen=True)
class Alphabet:
    """Symbols, any strings; a symbol's number is its index.

    Raises
    ------
    ParameterError
        If there are no symbols, or one is given twice, empty, or not a string.

    >>> Alphabet.of("ab").numbers("abb").tolist(), Alphabet.of(["SYN", "ACK"]).numbers("ACK SYN").tolist()
    ([0, 1, 1], [1, 0])
    >>> Alphabet.of(["log in", "log out"]).numbers("log in\\nlog out").tolist()
    [0, 1]
    """

    symbols: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.symbols:
            raise ParameterError("an alphabet must have at least one symbol")
        require_distinct("symbol", self.symbols)

    @classmethod
    def of(cls, symbols: Iterable[str]) -> Alphabet:
        """Return the alphabet of some symbols; a string's are its characters."""
        return cls(tuple(symbols))

    def __len__(self) -> int:
        return len(self.symbols)

    def __iter__(self) -> Iterator[str]:
        return iter(self.symbols)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {symbol: number for number, symbol in enumerate(self.symbols)}

    @property
    def is_of_characters(self) -> bool:
        """True if all symbols are single characters, and words are written without white space."""
        return all(len(symbol) == 1 for symbol in self.symbols)

    @property
    def is_of_lines(self) -> bool:
        """True if white space within symbols means that words are written one symbol a line."""
        return not self.is_of_characters and any(len(symbol.split()) != 1 for symbol in self.symbols)

    def numbers(self, word: SymbolWord) -> NDArray[np.int32]:
        """Return the numbers of a word's symbols, shape (T,).

        A string is read character by character if all symbols are single characters, else its symbols are
        separated by white space; by line breaks if there is white space in them.

        Raises
        ------
        TokenError
            At the first part that is not a symbol; the position is named.
        """
        parts = self.split(word)
        numbers = np.empty(len(parts), dtype=np.int32)
        for position, part in enumerate(parts):
            number = self._numbers.get(part)
            if number is None:
                raise TokenError(
                    f"token {position}: a symbol must be one of {', '.join(self.symbols)}, not {part!r}"
                )
            numbers[position] = number
        return numbers

    def split(self, word: SymbolWord) -> Sequence[str]:
        """Return the parts of a word, unchecked."""
        if not isinstance(word, str):
            return word
        if self.is_of_characters:
            return word
        return word.splitlines() if self.is_of_lines else word.split()

    def text(self, numbers: Iterable[int]) -> str:
        """Return a word of numbers as text, which `numbers` reads."""
        between = "" if self.is_of_characters else "\n" if self.is_of_lines else " "
        return between.join(self.symbols[number] for number in numbers)


def require_distinct(kind: str, names: Sequence[str]) -> None:
    """Raise ParameterError for a name that is empty, given twice, or not a string."""
    for name in names:
        if not isinstance(name, str) or not name:
            raise ParameterError(f"a {kind} must be a string that is not empty, not {name!r}")
    name, count = Counter(names).most_common(1)[0] if names else ("", 0)
    if count > 1:
        raise ParameterError(f"a {kind} must be given once, not {name!r} {count} times")
