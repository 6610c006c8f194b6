"""Block maps of words without a closed form: a table of the successors of all states.

Law: the map of two blocks, one after the other, is the composition of their maps.
"""

from __future__ import annotations

from dataclasses import dataclass

from streamssm.ir.ranges import Range
from streamssm.ssm.formats import NumberFormat


@dataclass(frozen=True, slots=True)
class TableMap:
    """``h -> table[h - lo]``.

    >>> form = NumberFormat(Range(0, 7))
    >>> TableMap.step(form, 3, 2, 1).table
    (1, 1, 2, 3, 4, 4, 5, 6)
    """

    range: Range
    table: tuple[int, ...]

    @classmethod
    def step(cls, form: NumberFormat, a: int, fraction_bits: int, b: int) -> TableMap:
        """Return the map of one step; under *error*, a sum outside the range becomes the nearer end."""
        range_ = form.range
        states = range(range_.lo, range_.hi + 1)
        sums = (form.apply_overflow(form.rounded(a * h, fraction_bits) + b) for h in states)
        return cls(range_, tuple(min(max(total, range_.lo), range_.hi) for total in sums))

    @classmethod
    def identity(cls, range_: Range) -> TableMap:
        return cls(range_, tuple(range(range_.lo, range_.hi + 1)))

    def apply(self, h: int) -> int:
        return self.table[h - self.range.lo]

    def then(self, later: TableMap) -> TableMap:
        """Return the map of this block followed by the next one."""
        return TableMap(self.range, tuple(map(later.apply, self.table)))

    @property
    def bits(self) -> int:
        return self.range.size * self.range.bits
