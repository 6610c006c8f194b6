"""What a declaration of a word's range may look like: ``n`` for [0, n), or ``(lo, hi)`` inclusive."""

from __future__ import annotations

import operator
from typing import Any

from streamssm.errors import ParameterError
from streamssm.ir.ranges import Range

Values = int | tuple[int, int]


def declared_range(what: str, values: Any) -> Range:
    """Return the range that ``n`` or ``(lo, hi)`` declares for what the message calls ``what``."""
    if isinstance(values, tuple) and len(values) == 2:
        lo, hi = (_integer(what, end) for end in values)
        if lo > hi:
            raise ParameterError(f"{what} must have lo <= hi, not ({lo}, {hi})")
        return Range(lo, hi)
    size = _integer(what, values)
    if size < 1:
        raise ParameterError(f"{what} must have at least 1 value, not {size}")
    return Range(0, size - 1)


def declared_length(what: str, length: Any) -> int:
    """Return how many words are declared for what the message calls ``what``."""
    try:
        words = operator.index(length)
    except TypeError:
        raise ParameterError(f"{what} must have an int as its length, not {length!r}") from None
    if words < 1:
        raise ParameterError(f"{what} must have a length of at least 1, not {words}")
    return words


def _integer(what: str, value: Any) -> int:
    try:
        return operator.index(value)
    except TypeError:
        message = f"{what} must be declared by an int n or a pair (lo, hi) of ints, not {value!r}"
        raise ParameterError(message) from None
