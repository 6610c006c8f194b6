"""Declared ranges and lengths: ``n`` stands for [0, n), ``(lo, hi)`` is inclusive."""

from __future__ import annotations

import operator
from typing import Any

from streamssm.errors import ParameterError
from streamssm.ir.ranges import Range

Bounds = int | tuple[int, int]


def declared_range(label: str, bounds: Any) -> Range:
    """Return the range that ``n`` or ``(lo, hi)`` declares; ``label`` names the word in messages."""
    if isinstance(bounds, tuple) and len(bounds) == 2:
        lo, hi = (_integer(label, end) for end in bounds)
        if lo > hi:
            raise ParameterError(f"{label} must have lo <= hi, not ({lo}, {hi})")
        return Range(lo, hi)
    size = _integer(label, bounds)
    if size < 1:
        raise ParameterError(f"{label} must have at least 1 value, not {size}")
    return Range(0, size - 1)


def declared_length(label: str, length: Any) -> int:
    """Return the declared number of words; ``label`` names the array in messages."""
    try:
        words = operator.index(length)
    except TypeError:
        raise ParameterError(f"{label} must have an int as its length, not {length!r}") from None
    if words < 1:
        raise ParameterError(f"{label} must have a length of at least 1, not {words}")
    return words


def _integer(label: str, value: Any) -> int:
    try:
        return operator.index(value)
    except TypeError:
        message = f"{label} must be declared by an int n or a pair (lo, hi) of ints, not {value!r}"
        raise ParameterError(message) from None
