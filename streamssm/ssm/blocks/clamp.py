"""Block maps of saturating words with integer entries: one clamped line.

Law: the map of two blocks, one after the other, is the composition of their maps.

Clamped lines are closed under composition: for a >= 0, ``a clamp(y, l, u) + b = clamp(a y + b, a l + b,
a u + b)`` (for a < 0 the ends swap), and a clamp of a clamp is a clamp. Accumulating a and b alone and
clamping once at the end is wrong.

The line is stored by an anchor, a state ``at`` whose value lies between the ends, so that all numbers stay
within the word. A slope steeper than ``high - low`` may be stored as ``high - low``, because no second state
has a value between the ends.
"""

from __future__ import annotations

from dataclasses import dataclass

from streamssm.ir.ranges import Range


@dataclass(frozen=True, slots=True)
class ClampMap:
    """``h -> clamp(slope (h - at) + value, low, high)`` on the states of a range.

    ``low <= value <= high`` and ``at`` lie in the range, ``abs(slope) <= high - low``.

    >>> up = ClampMap.step(Range(0, 9), 1, 4)
    >>> both = up.then(ClampMap.step(Range(0, 9), 1, -7))
    >>> [both.apply(h) for h in range(10)]
    [0, 0, 0, 0, 1, 2, 2, 2, 2, 2]
    """

    range: Range
    slope: int
    at: int
    value: int
    low: int
    high: int

    @classmethod
    def step(cls, range_: Range, a: int, b: int) -> ClampMap:
        """Return the map of one step: ``h -> clamp(a h + b)``."""
        return cls.identity(range_).stepped(a, b)

    @classmethod
    def line(cls, range_: Range, slope: int, offset: int, low: int, high: int) -> ClampMap:
        """Return ``h -> clamp(slope h + offset, low, high)``."""
        return cls.identity(range_)._after(slope, offset, low, high)

    @classmethod
    def identity(cls, range_: Range) -> ClampMap:
        return cls(range_, min(1, range_.size - 1), range_.lo, range_.lo, range_.lo, range_.hi)

    def apply(self, h: int) -> int:
        return min(max(self.slope * (h - self.at) + self.value, self.low), self.high)

    def stepped(self, a: int, b: int) -> ClampMap:
        """Return the map of this block followed by one more step."""
        return self._after(a, b, self.range.lo, self.range.hi)

    def then(self, later: ClampMap) -> ClampMap:
        """Return the map of this block followed by the next one."""
        return self._after(later.slope, later.value - later.slope * later.at, later.low, later.high)

    def _after(self, a: int, b: int, low: int, high: int) -> ClampMap:
        """Return this map followed by ``h -> clamp(a h + b, low, high)``."""
        ends = sorted(min(max(a * end + b, low), high) for end in (self.low, self.high))
        slope, value = a * self.slope, a * self.value + b
        if ends[0] == ends[1]:
            return self._constant(ends[0])
        at = self.at
        over = max(value - ends[1], ends[0] - value, 0)
        if over:  # move the anchor to the nearest state whose value lies between the ends again
            steps = -(-over // abs(slope))
            at += steps if (slope > 0) == (value < ends[0]) else -steps
            if not self.range.holds(at):
                return self._constant(ends[1] if value > ends[1] else ends[0])
            value += slope * (at - self.at)
            value = min(max(value, ends[0]), ends[1])
        steepest = ends[1] - ends[0]
        return ClampMap(self.range, min(max(slope, -steepest), steepest), at, value, *ends)

    def _constant(self, value: int) -> ClampMap:
        return ClampMap(self.range, 0, self.range.lo, value, value, value)

    @property
    def bits(self) -> int:
        """Size: a flag; for slopes in {-1, 0, 1} sign, offset and both ends, else five numbers and a sign."""
        word = self.range.bits
        return 2 + (3 * word + 1 if abs(self.slope) <= 1 else 5 * word)
