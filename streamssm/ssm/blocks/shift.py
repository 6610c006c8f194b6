"""Block maps of words with entries 0 and +-2^-k under *error* or *saturate*: one clamped shift.

Law: the map of two blocks, one after the other, is the composition of their maps.

Why closed: with entries ``2^-k`` floor gives ``(h + c) >> k`` with c = 0, and half-up c = 2^(k-1) (0 for k
= 0); ``(((g + r) >> K) + q + c) >> k = (g + r + ((q + c) << K)) >> (K + k)``; a step is monotone, so that
it passes through clamps. With entries ``-2^-k`` a step is ``-((h + c') >> k)``, c' = 2^k - 1 - c for floor
and 2^(k-1) - 1 for half-up: the same on a reflected word. Once 2^K exceeds the states' number only a
threshold is left, which K = word bits holds.
"""

from __future__ import annotations

from dataclasses import dataclass

from streamssm.ir.ranges import Range
from streamssm.ssm.formats import Rounding


@dataclass(frozen=True, slots=True)
class ShiftMap:
    """``h -> clamp(base + ((g + rest) >> places), low, high)``, g = h - lo, or hi - h where ``falling``.

    ``0 <= rest < 2**places``, ``places <= values.bits``.

    >>> halved = ShiftMap.step(Range(0, 15), 1, 1, Rounding.FLOOR, 3)
    >>> twice = halved.then(halved)
    >>> [twice.apply(h) for h in (0, 1, 2, 15)], twice.places, twice.bits
    ([4, 4, 5, 8], 2, 19)
    """

    values: Range
    falling: bool
    places: int
    rest: int
    base: int
    low: int
    high: int

    @classmethod
    def step(cls, values: Range, entry: int, fraction_bits: int, rounding: Rounding, b: int) -> ShiftMap:
        """Return the map of one step; the entry is 0 or +-2^j, j at most its fraction bits.

        Law: h -> clamp(round(entry h / 2^fraction_bits) + b)
        """
        return cls.identity(values).stepped(entry, fraction_bits, rounding, b)

    @classmethod
    def identity(cls, values: Range) -> ShiftMap:
        return cls(values, False, 0, 0, values.lo, values.lo, values.hi)

    @classmethod
    def _constant(cls, values: Range, value: int) -> ShiftMap:
        return cls(values, False, 0, 0, value, value, value)

    def apply(self, h: int) -> int:
        g = self.values.hi - h if self.falling else h - self.values.lo
        return min(max(self.base + (g + self.rest >> self.places), self.low), self.high)

    def stepped(self, entry: int, fraction_bits: int, rounding: Rounding, b: int) -> ShiftMap:
        """Return the map of this block and one more step."""
        values = self.values
        if entry == 0:
            return self._constant(values, min(max(b, values.lo), values.hi))
        places = fraction_bits - abs(entry).bit_length() + 1
        half = (1 << places) >> 1 if rounding is Rounding.NEAREST else 0
        if entry > 0:
            return self._after(places, half, b)
        mirrored = max(half - 1, 0) if rounding is Rounding.NEAREST else (1 << places) - 1
        # lo + hi - (-((h + mirrored) >> places) + b), the step on a reflected word
        return self._after(places, mirrored, values.lo + values.hi - b)._reflected()

    def then(self, later: ShiftMap) -> ShiftMap:
        """Return the map of this block and the next one."""
        inner = self._reflected() if later.falling else self
        lo = self.values.lo
        return inner._after(later.places, later.rest - lo, later.base, Range(later.low, later.high))

    def _after(self, places: int, c: int, b: int, ends: Range | None = None) -> ShiftMap:
        """Return what ``h -> clamp(((h + c) >> places) + b)`` makes of this map."""
        kept = ends or self.values
        low, high = (min(max((end + c >> places) + b, kept.lo), kept.hi) for end in (self.low, self.high))
        total = self.rest + (self.base + c << self.places)
        sum_places = self.places + places
        base, rest = b + (total >> sum_places), total & (1 << sum_places) - 1
        return self._normal(sum_places, rest, base, low, high)

    def _normal(self, places: int, rest: int, base: int, low: int, high: int) -> ShiftMap:
        """Return the map with few places, and with a base from which the ends can just be reached."""
        bits, width = self.values.bits, self.values.size - 1
        if places > bits:
            threshold = (1 << places) - rest
            places, rest = bits, (1 << bits) - threshold if threshold <= width else 0
        base = min(max(base, self.values.lo - width), self.values.hi)
        return ShiftMap(self.values, self.falling, places, rest, base, low, high)

    def _reflected(self) -> ShiftMap:
        """Return ``lo + hi -`` this map, written as a map that rises from where this one falls.

        ``-(x >> K) = (-x + 2^K - 1) >> K``, and with g' = width - g the sum becomes one of g'.
        """
        both, width = self.values.lo + self.values.hi, self.values.size - 1
        total = (1 << self.places) - 1 - self.rest - width
        base = both - self.base + (total >> self.places)
        rest = total & (1 << self.places) - 1
        turned = ShiftMap(self.values, not self.falling, self.places, rest, base, self.low, self.high)
        return turned._normal(self.places, rest, base, both - self.high, both - self.low)

    @property
    def bits(self) -> int:
        """Direction, places, rest, base and both ends."""
        word = self.values.bits
        return 1 + word.bit_length() + self.places + (word + 1) + 2 * word
