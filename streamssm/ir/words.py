"""Named words, the common form of registers, token fields and state words, and checks of their values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streamssm.errors import ParameterError, PrecisionError, TokenError
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


def register(name: str, range_: Range, init: int) -> Word:
    """Return a register's word; its initial value must lie in its range."""
    if range_.bits > MAX_WORD_BITS or max(abs(range_.lo), abs(range_.hi)) >> MAX_WORD_BITS:
        raise ParameterError(f"register '{name}' must fit {MAX_WORD_BITS} bits, not hold {range_}")
    if not range_.holds(init):
        raise ParameterError(f"register '{name}' must start inside {range_}, not at {init}")
    return Word(name, range_, init)


def field(name: str, range_: Range) -> Word:
    """Return a token field's word."""
    if max(abs(range_.lo), abs(range_.hi)) >> MAX_WORD_BITS:
        raise ParameterError(f"field '{name}' must fit {MAX_WORD_BITS} bits, not hold {range_}")
    return Word(name, range_, range_.lo)


def total_bits(words: Iterable[Word]) -> int:
    """Return the memory that the words take, in bits."""
    return sum(word.bits for word in words)


def require_token(fields: Sequence[Word], token: Sequence[int], position: int | None = None) -> None:
    """Raise TokenError unless the token fits the fields."""
    where = "a token" if position is None else f"token {position}"
    if len(token) != len(fields):
        raise TokenError(f"{where} must have {len(fields)} fields, not {len(token)}")
    for word, value in zip(fields, token, strict=True):
        if not word.range.holds(value):
            raise TokenError(f"{where}: field '{word.name}' must be in {word.range}, not {value}")


def require_state(words: Sequence[Word], state: Sequence[int], position: int | None = None) -> None:
    """Raise PrecisionError unless every word of the state is in its range."""
    if len(state) != len(words):
        raise ParameterError(f"a state must have {len(words)} words, not {len(state)}")
    where = "" if position is None else f" at token {position}"
    for word, value in zip(words, state, strict=True):
        if not word.range.holds(value):
            raise PrecisionError(
                f"register '{word.name}' must stay in {word.range}, not become {value}{where}"
            )


def require_tokens(fields: Sequence[Word], tokens: Iterable[Sequence[int]]) -> None:
    """Raise TokenError at the first token that does not fit."""
    for position, token in enumerate(tokens):
        require_token(fields, token, position)
