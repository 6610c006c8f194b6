"""Block maps of words with entries 0 and +-2^-k under *error* or *saturate*: one clamped shift.

Law: the map of two blocks, one after the other, is the composition of their maps.

Clamped shifts are closed under composition: with entries ``2^-k`` floor gives ``(h + c) >> k`` with c = 0,
and half-up c = 2^(k-1) (0 for k = 0);
``(((g + r) >> K) + q + c) >> k = (g + r + ((q + c) << K)) >> (K + k)``; a step is monotone, so it commutes
with clamps. With entries ``-2^-k`` a step is ``-((h + c') >> k)``, c' = 2^k - 1 - c for floor and
2^(k-1) - 1 for half-up: the same on a reflected word. Once 2^K exceeds the number of states, only a threshold
matters, and K = word bits can express it.
"""

from __future__ import annotations

from dataclasses import dataclass

from streamssm.ir.ranges import Range
from streamssm.ssm.formats import Rounding


@dataclass(frozen=True, slots=True)
class ShiftMap:
    """``h -> clamp(base + ((g + remainder) >> shift), low, high)``, g = h - lo, or hi - h if ``falling``.

    ``0 <= remainder < 2**shift``, ``shift <= range.bits``.

    >>> halved = ShiftMap.step(Range(0, 15), 1, 1, Rounding.FLOOR, 3)
    >>> twice = halved.then(halved)
    >>> [twice.apply(h) for h in (0, 1, 2, 15)], twice.shift, twice.bits
    ([4, 4, 5, 8], 2, 19)
    """

    range: Range
    falling: bool
    shift: int
    remainder: int
    base: int
    low: int
    high: int

    @classmethod
    def step(cls, range_: Range, entry: int, fraction_bits: int, rounding: Rounding, b: int) -> ShiftMap:
        """Return the map of one step; the entry is 0 or +-2^j, j at most its fraction bits.

        Law: h -> clamp(round(entry h / 2^fraction_bits) + b)
        """
        return cls.identity(range_).stepped(entry, fraction_bits, rounding, b)

    @classmethod
    def identity(cls, range_: Range) -> ShiftMap:
        return cls(range_, False, 0, 0, range_.lo, range_.lo, range_.hi)

    @classmethod
    def _constant(cls, range_: Range, value: int) -> ShiftMap:
        return cls(range_, False, 0, 0, value, value, value)

    def apply(self, h: int) -> int:
        g = self.range.hi - h if self.falling else h - self.range.lo
        return min(max(self.base + (g + self.remainder >> self.shift), self.low), self.high)

    def stepped(self, entry: int, fraction_bits: int, rounding: Rounding, b: int) -> ShiftMap:
        """Return the map of this block followed by one more step."""
        range_ = self.range
        if entry == 0:
            return self._constant(range_, min(max(b, range_.lo), range_.hi))
        shift = fraction_bits - abs(entry).bit_length() + 1
        half = (1 << shift) >> 1 if rounding is Rounding.NEAREST else 0
        if entry > 0:
            return self._after(shift, half, b)
        mirrored = max(half - 1, 0) if rounding is Rounding.NEAREST else (1 << shift) - 1
        # the step on a reflected word: lo + hi - (-((h + mirrored) >> shift) + b)
        return self._after(shift, mirrored, range_.lo + range_.hi - b)._reflected()

    def then(self, later: ShiftMap) -> ShiftMap:
        """Return the map of this block followed by the next one."""
        inner = self._reflected() if later.falling else self
        lo = self.range.lo
        return inner._after(later.shift, later.remainder - lo, later.base, Range(later.low, later.high))

    def _after(self, shift: int, c: int, b: int, ends: Range | None = None) -> ShiftMap:
        """Return this map followed by ``h -> clamp(((h + c) >> shift) + b)``."""
        bounds = ends or self.range
        low, high = (min(max((end + c >> shift) + b, bounds.lo), bounds.hi) for end in (self.low, self.high))
        total = self.remainder + (self.base + c << self.shift)
        sum_shift = self.shift + shift
        base, remainder = b + (total >> sum_shift), total & (1 << sum_shift) - 1
        return self._normal(sum_shift, remainder, base, low, high)

    def _normal(self, shift: int, remainder: int, base: int, low: int, high: int) -> ShiftMap:
        """Return the map in normal form: the shift and the base as small as the range allows."""
        bits, width = self.range.bits, self.range.size - 1
        if shift > bits:
            threshold = (1 << shift) - remainder
            shift, remainder = bits, (1 << bits) - threshold if threshold <= width else 0
        base = min(max(base, self.range.lo - width), self.range.hi)
        return ShiftMap(self.range, self.falling, shift, remainder, base, low, high)

    def _reflected(self) -> ShiftMap:
        """Return ``lo + hi -`` this map, as a map of the opposite direction.

        ``-(x >> K) = (-x + 2^K - 1) >> K``, and with g' = width - g the sum becomes one of g'.
        """
        mirror, width = self.range.lo + self.range.hi, self.range.size - 1
        total = (1 << self.shift) - 1 - self.remainder - width
        base = mirror - self.base + (total >> self.shift)
        remainder = total & (1 << self.shift) - 1
        reflected = ShiftMap(self.range, not self.falling, self.shift, remainder, base, self.low, self.high)
        return reflected._normal(self.shift, remainder, base, mirror - self.high, mirror - self.low)

    @property
    def bits(self) -> int:
        """Size: direction, shift, remainder, base and both ends."""
        word = self.range.bits
        return 1 + word.bit_length() + self.shift + (word + 1) + 2 * word
