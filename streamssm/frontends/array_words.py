"""An array register in plain Python: a fixed number of checked words, indexed from 0."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from typing import Any

from streamssm.errors import PrecisionError
from streamssm.ir.ranges import Range


class ArrayWords:
    """A fixed number of words that share a name and a range; negative indices and slices are refused.

    >>> words = ArrayWords("a", Range(0, 9), [3, 1, 4])
    >>> words[2] += 5
    >>> list(words), len(words), max(words)
    ([3, 1, 9], 3, 9)
    >>> words[3]
    Traceback (most recent call last):
    streamssm.errors.PrecisionError: index 3 is out of range for array 'a' ([0, 2])
    """

    __slots__ = ("_allowed", "_length", "_name", "_range", "_words")

    def __init__(self, name: str, range_: Range, words: Sequence[int]) -> None:
        self._name = name
        self._range = range_
        self._allowed = range(range_.lo, range_.hi + 1)
        self._length = len(words)
        self.replace(words)

    def __getitem__(self, index: int) -> int:
        if type(index) is int and -1 < index < self._length:
            return self._words[index]
        return self._words[self._checked_index(index)]

    def __setitem__(self, index: int, value: int) -> None:
        if type(index) is not int or not -1 < index < self._length:
            index = self._checked_index(index)
        if type(value) is not int or value not in self._allowed:
            value = self._checked_value(index, value)
        self._words[index] = value

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[int]:
        return iter(self._words)

    def replace(self, words: Sequence[int]) -> None:
        """Set all words."""
        self._words = [
            value if type(value) is int and value in self._allowed else self._checked_value(index, value)
            for index, value in enumerate(words)
        ]

    def __copy__(self) -> ArrayWords:
        return ArrayWords(self._name, self._range, self._words)

    def __repr__(self) -> str:
        return f"{self._name}{self._words}"

    def _checked_index(self, index: Any) -> int:
        inside = Range(0, self._length - 1)
        try:
            position = operator.index(index)
        except TypeError:
            message = f"an index of array '{self._name}' must be an int in {inside}, not {index!r}"
            raise PrecisionError(message) from None
        if not inside.holds(position):
            raise PrecisionError(f"index {position} is out of range for array '{self._name}' ({inside})")
        return position

    def _checked_value(self, index: int, value: Any) -> int:
        return register_value(f"{self._name}[{index}]", self._range, value)


def register_value(name: str, range_: Range, value: Any) -> int:
    """Return a value as an int that a register can hold, or raise PrecisionError."""
    try:
        number = operator.index(value)
    except TypeError:
        raise PrecisionError(f"register '{name}' must hold an int in {range_}, not {value!r}") from None
    if not range_.holds(number):
        raise PrecisionError(f"register '{name}' must stay in {range_}, not become {number}")
    return number
