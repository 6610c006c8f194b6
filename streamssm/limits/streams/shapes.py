"""Stream domains: the tokens allowed at each position, independent of the other positions.

All prefixes of one length have the same continuations. That makes "no continuation distinguishes them" an
equivalence relation, whose classes are the residuals; a collision joins two of them.

Shapes: T positions, F fields of a token, B streams side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import ParameterError
from streamssm.ir.words import Word, require_token

Tokens = NDArray[np.int64]
Token = tuple[int, ...]

MAX_TOKENS = 1 << 16  # distinct tokens at one position


@dataclass(frozen=True, eq=False)
class StreamShape:
    """All streams of one length with one of the tokens ``choices[t]``, shape (m_t, F), at position t.

    With ``every``, an answer is required after every token; otherwise only at the end.

    >>> from streamssm.ir.ranges import Range
    >>> bits = StreamShape((Word("x", Range(0, 1)),), (np.array([[0], [1]]),) * 3)
    >>> bits.length, bits.count(0, 3), bits.numbered(np.array([1, 6]), 0, 3)[:, :, 0].T.tolist()
    (3, 8, [[0, 0, 1], [1, 1, 0]])
    """

    fields: tuple[Word, ...]
    choices: tuple[Tokens, ...]
    every: bool = False

    def __post_init__(self) -> None:
        if not self.choices:
            raise ParameterError("streams must have at least one token")
        for tokens in self.choices:
            if not len(tokens):
                raise ParameterError("every position of a stream must allow at least one token")

    @property
    def length(self) -> int:
        return len(self.choices)

    def count(self, start: int, stop: int) -> int:
        """Return the number of different segments from one position to another."""
        return prod(len(tokens) for tokens in self.choices[start:stop])

    def sample(self, random: np.random.Generator, count: int, start: int, stop: int) -> Tokens:
        """Return random segments, shape (stop - start, count, F), uniform at every position."""
        parts = [tokens[random.integers(len(tokens), size=count)] for tokens in self.choices[start:stop]]
        return np.array(parts, dtype=np.int64).reshape(stop - start, count, len(self.fields))

    def numbered(self, numbers: NDArray[np.int64], start: int, stop: int) -> Tokens:
        """Return segments by number in lexicographic order, from 0, shape (stop - start, B, F)."""
        parts, quotient = [], numbers
        for tokens in reversed(self.choices[start:stop]):
            quotient, digits = np.divmod(quotient, len(tokens))
            parts.append(tokens[digits])
        return np.array(parts[::-1], dtype=np.int64).reshape(stop - start, len(numbers), len(self.fields))

    def some(self, random: np.random.Generator, most: int, start: int, stop: int) -> Tokens:
        """Return all segments if there are at most ``most``, otherwise ``most`` random ones."""
        count = self.count(start, stop)
        if count > most:
            return self.sample(random, most, start, stop)
        return self.numbered(np.arange(count), start, stop)

    def holds(self, stream: Sequence[Token]) -> bool:
        """Return whether a stream has this shape."""
        return len(stream) == self.length and all(
            tuple(token) in set(map(tuple, tokens.tolist()))
            for token, tokens in zip(stream, self.choices, strict=True)
        )


def total_shape(fields: Sequence[Word], length: int) -> StreamShape:
    """Return all streams of a length, with an answer required after every token.

    Raises
    ------
    ParameterError
        If the length is less than 1, or there are too many different tokens.
    """
    if length < 1:
        raise ParameterError(f"the length of streams must be at least 1, not {length}")
    size = prod(word.range.size for word in fields)
    if size > MAX_TOKENS:
        raise ParameterError(
            f"the number of different tokens must be at most {MAX_TOKENS:,}, not {size:,}; "
            "make the parameters smaller"
        )
    values = product(*(range(word.range.lo, word.range.hi + 1) for word in fields))
    tokens = np.array(list(values), dtype=np.int64).reshape(size, len(fields))
    return StreamShape(tuple(fields), (tokens,) * length, every=True)


def require_fields(shape: StreamShape, fields: Sequence[Word]) -> None:
    """Raise TokenError if a token of the shape does not fit the fields."""
    seen: set[int] = set()
    for tokens in shape.choices:
        if id(tokens) not in seen:
            seen.add(id(tokens))
            for token in tokens.tolist():
                require_token(fields, token)
