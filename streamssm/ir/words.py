"""Named words: what registers, token fields and state words have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from streamssm.errors import ParameterError
from streamssm.ir.ranges import MAX_WORD_BITS, Range


@dataclass(frozen=True, slots=True)
class Word:
    """A named word with its range and initial value (0 for a token's field)."""

    name: str
    range: Range
    init: int = 0

    @property
    def bits(self) -> int:
        return self.range.bits


@dataclass(frozen=True, slots=True)
class Array:
    """A fixed number of equal words: the registers ``first`` to ``first + length - 1``."""

    name: str
    first: int
    length: int

    @property
    def places(self) -> range:
        """The registers that are its words."""
        return range(self.first, self.first + self.length)


def register(name: str, values: Range, init: int) -> Word:
    """Return a register's word; its initial value must lie in its range."""
    if values.bits > MAX_WORD_BITS or max(abs(values.lo), abs(values.hi)) >> MAX_WORD_BITS:
        raise ParameterError(f"register '{name}' must fit {MAX_WORD_BITS} bits, not hold {values}")
    if not values.holds(init):
        raise ParameterError(f"register '{name}' must start inside {values}, not at {init}")
    return Word(name, values, init)


def field(name: str, values: Range) -> Word:
    """Return a token field's word."""
    if max(abs(values.lo), abs(values.hi)) >> MAX_WORD_BITS:
        raise ParameterError(f"field '{name}' must fit {MAX_WORD_BITS} bits, not hold {values}")
    return Word(name, values, values.lo)


def total_bits(words: Iterable[Word]) -> int:
    """Return the memory that the words take, in bits."""
    return sum(word.bits for word in words)
