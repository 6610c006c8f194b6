"""Number formats of state words: range, unit, rounding and overflow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from streamssm.errors import ParameterError
from streamssm.ir.ranges import MAX_WORD_BITS, Range


class Overflow(str, Enum):
    """The treatment of a value outside the word's range."""

    ERROR = "error"  # PrecisionError
    SATURATE = "saturate"  # the nearer end of the range
    WRAP = "wrap"  # modulo 2^bits
    CYCLE = "cycle"  # modulo the number of values, any number; for exponents of roots of unity


class Rounding(str, Enum):
    """The rounding of an exact sum to an integer."""

    FLOOR = "floor"
    NEAREST = "nearest"  # half up


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """The numbers that a state word can hold: integers in a range, in units of ``2**-fraction_bits``.

    >>> NumberFormat(Range(-8, 7), overflow=Overflow.WRAP).apply_overflow(9)
    -7
    >>> NumberFormat(Range(0, 10), rounding=Rounding.NEAREST).rounded(5, 1)
    3
    """

    range: Range
    fraction_bits: int = 0
    rounding: Rounding = Rounding.FLOOR
    overflow: Overflow = Overflow.ERROR

    def __post_init__(self) -> None:
        if self.bits > MAX_WORD_BITS or max(abs(self.range.lo), abs(self.range.hi)) >> MAX_WORD_BITS:
            raise ParameterError(f"a number format must fit {MAX_WORD_BITS} bits; {self.range} does not")
        if not 0 <= self.fraction_bits <= MAX_WORD_BITS:
            raise ParameterError(f"fraction bits must be 0 to {MAX_WORD_BITS}, not {self.fraction_bits}")
        if self.overflow is Overflow.WRAP and self.range.size != 1 << self.bits:
            raise ParameterError(
                f"a word that wraps must have 2^bits values, not the {self.range.size} of {self.range}"
            )

    @property
    def bits(self) -> int:
        return self.range.bits

    def rounded(self, total: int, fraction_bits: int) -> int:
        """Return ``total / 2**fraction_bits`` as an integer, by this format's rounding."""
        return (total + half_unit(self.rounding, fraction_bits)) >> fraction_bits

    def apply_overflow(self, value: int) -> int:
        """Return the word after ``value`` is stored; under ERROR the value itself, even out of range."""
        if self.overflow is Overflow.SATURATE:
            return min(max(value, self.range.lo), self.range.hi)
        if self.overflow in (Overflow.WRAP, Overflow.CYCLE):
            return self.range.lo + (value - self.range.lo) % self.range.size
        return value


def half_unit(rounding: Rounding, fraction_bits: int) -> int:
    """Return the number to add before the lowest ``fraction_bits`` bits are dropped."""
    return 1 << (fraction_bits - 1) if rounding is Rounding.NEAREST and fraction_bits else 0
