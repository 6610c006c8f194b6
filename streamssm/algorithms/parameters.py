"""Validation of the parameters that size an algorithm, and the output for a counter overflow."""

from __future__ import annotations

import operator
from fractions import Fraction
from typing import Any

from streamssm.errors import ParameterError

MAX_COUNTER_BITS = 59  # a word of an array that is read must leave room below 2^62
BEYOND = 2  # the output "unknown" of counting recognizers, after a counter has overflowed


def at_least(name: str, value: Any, least: int) -> int:
    """Return the value as an int of at least ``least``.

    >>> at_least("n", 3, 1)
    3

    Raises
    ------
    ParameterError
        If it is not an int, or smaller.
    """
    number = _integer(name, value)
    if number < least:
        raise ParameterError(f"{name} must be at least {least}, not {number}")
    return number


def between(name: str, value: Any, lo: int, hi: int) -> int:
    """Return the value as an int in ``[lo, hi]``.

    Raises
    ------
    ParameterError
        If it is not an int, or outside the range.
    """
    number = _integer(name, value)
    if not lo <= number <= hi:
        raise ParameterError(f"{name} must be from {lo} to {hi}, not {number}")
    return number


def counter_top(bits: Any) -> int:
    """Return the greatest value of a counter of 1 to 59 bits.

    >>> counter_top(8)
    255
    """
    return int(2 ** between("bits", bits, 1, MAX_COUNTER_BITS)) - 1


def power_of_two(name: str, value: Any) -> int:
    """Return the value as an int that is a power of two.

    Raises
    ------
    ParameterError
        If it is not a power of two.
    """
    number = at_least(name, value, 1)
    if number & (number - 1):
        raise ParameterError(f"{name} must be a power of two, not {number}")
    return number


def fraction(name: str, value: Any) -> Fraction:
    """Return an error bound or a probability exactly; a float is read as the decimal that it prints as.

    >>> fraction("error", 0.01)
    Fraction(1, 100)

    Raises
    ------
    ParameterError
        If it is not strictly between 0 and 1.
    """
    try:
        number = Fraction(str(value))
    except ValueError:
        raise ParameterError(f"{name} must be a number between 0 and 1, not {value!r}") from None
    if not 0 < number < 1:
        raise ParameterError(f"{name} must be strictly between 0 and 1, not {value}")
    return number


def _integer(name: str, value: Any) -> int:
    try:
        return operator.index(value)
    except TypeError:
        raise ParameterError(f"{name} must be an int, not {value!r}") from None
