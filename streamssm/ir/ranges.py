"""Integer intervals, the ranges of words, and interval arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from streamssm.errors import ParameterError

MAX_WORD_BITS = 60


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """A non-empty interval of integers ``[lo, hi]``, both ends included.

    >>> Range(0, 1023).bits, Range(-3, 3).bits, Range(5, 5).bits
    (10, 3, 0)
    """

    lo: int
    hi: int

    def __post_init__(self) -> None:
        if self.lo > self.hi:
            raise ParameterError(f"a range must have lo <= hi, not [{self.lo}, {self.hi}]")

    @property
    def size(self) -> int:
        """Number of values."""
        return self.hi - self.lo + 1

    @property
    def bits(self) -> int:
        """Bits of a word that holds any of the values: ceil(log2(size))."""
        return (self.hi - self.lo).bit_length()

    @property
    def is_constant(self) -> bool:
        return self.lo == self.hi

    def holds(self, value: int) -> bool:
        return self.lo <= value <= self.hi

    def covers(self, other: Range) -> bool:
        return self.lo <= other.lo and other.hi <= self.hi

    def hull(self, other: Range) -> Range:
        return Range(min(self.lo, other.lo), max(self.hi, other.hi))

    def meet(self, other: Range) -> Range | None:
        """Return the common part, or None where there is none."""
        lo, hi = max(self.lo, other.lo), min(self.hi, other.hi)
        return Range(lo, hi) if lo <= hi else None

    def __str__(self) -> str:
        return f"[{self.lo}, {self.hi}]"


BIT = Range(0, 1)


def constant(value: int) -> Range:
    return Range(value, value)


def around(values: Iterable[int]) -> Range:
    """Return the smallest range that holds all values."""
    numbers = list(values)
    return Range(min(numbers), max(numbers))


def add(a: Range, b: Range) -> Range:
    return Range(a.lo + b.lo, a.hi + b.hi)


def sub(a: Range, b: Range) -> Range:
    return Range(a.lo - b.hi, a.hi - b.lo)


def mul(a: Range, b: Range) -> Range:
    return around(x * y for x in (a.lo, a.hi) for y in (b.lo, b.hi))


def square(a: Range) -> Range:
    """Return the range of ``a * a``, both the same value."""
    size = absolute(a)
    return Range(size.lo * size.lo, size.hi * size.hi)


def scale(a: Range, factor: int) -> Range:
    return Range(a.lo * factor, a.hi * factor) if factor >= 0 else Range(a.hi * factor, a.lo * factor)


def floordiv(a: Range, b: Range) -> Range:
    """Return the range of ``a // b``; a zero divisor is left out (it divides nothing)."""
    return around(x // y for x in (a.lo, a.hi) for y in _extreme_divisors(b))


def mod(a: Range, b: Range) -> Range:
    """Return the range of ``a % b`` with Python's sign (that of the divisor)."""
    if b.is_constant and b.lo and a.lo // b.lo == a.hi // b.lo:
        return Range(a.lo % b.lo, a.hi % b.lo)
    if 0 <= a.lo and a.hi < b.lo:
        return a
    return Range(min(0, b.lo + 1), max(0, b.hi - 1))


def _extreme_divisors(b: Range) -> list[int]:
    ends = [y for y in (b.lo, -1, 1, b.hi) if y and b.holds(y)]
    if not ends:
        raise ParameterError("a divisor must be able to differ from 0, not be 0 always")
    return ends


def absolute(a: Range) -> Range:
    low = 0 if a.lo <= 0 <= a.hi else min(abs(a.lo), abs(a.hi))
    return Range(low, max(abs(a.lo), abs(a.hi)))


def minimum(a: Range, b: Range) -> Range:
    return Range(min(a.lo, b.lo), min(a.hi, b.hi))


def maximum(a: Range, b: Range) -> Range:
    return Range(max(a.lo, b.lo), max(a.hi, b.hi))


def shl(a: Range, b: Range) -> Range:
    return around(x << y for x in (a.lo, a.hi) for y in (b.lo, b.hi))


def shr(a: Range, b: Range) -> Range:
    return around(x >> y for x in (a.lo, a.hi) for y in (b.lo, b.hi))


def bit_and(a: Range, b: Range) -> Range:
    if a.lo >= 0 and b.lo >= 0:
        return Range(0, min(a.hi, b.hi))
    if a.lo >= 0:
        return Range(0, a.hi)
    if b.lo >= 0:
        return Range(0, b.hi)
    return _two_complement(a, b)


def bit_or(a: Range, b: Range) -> Range:
    if a.lo >= 0 and b.lo >= 0:
        return Range(max(a.lo, b.lo), _ones(max(a.hi, b.hi)))
    return _two_complement(a, b)


def bit_xor(a: Range, b: Range) -> Range:
    if a.lo >= 0 and b.lo >= 0:
        return Range(0, _ones(max(a.hi, b.hi)))
    return _two_complement(a, b)


def _ones(value: int) -> int:
    return int((1 << value.bit_length()) - 1)


def _two_complement(a: Range, b: Range) -> Range:
    width = max(x.bit_length() if x >= 0 else (~x).bit_length() for x in (a.lo, a.hi, b.lo, b.hi))
    return Range(-(1 << width), (1 << width) - 1)
