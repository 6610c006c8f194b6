"""Block maps of words that no closed form holds: what becomes of each state.

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

    values: Range
    table: tuple[int, ...]

    @classmethod
    def step(cls, form: NumberFormat, a: int, fraction_bits: int, b: int) -> TableMap:
        """Return the map of one step; under *error*, what leaves the range becomes the nearer end."""
        values = form.range
        sums = (form.settle(form.rounded(a * h, fraction_bits) + b) for h in range(values.lo, values.hi + 1))
        return cls(values, tuple(min(max(total, values.lo), values.hi) for total in sums))

    @classmethod
    def identity(cls, values: Range) -> TableMap:
        return cls(values, tuple(range(values.lo, values.hi + 1)))

    def apply(self, h: int) -> int:
        return self.table[h - self.values.lo]

    def then(self, later: TableMap) -> TableMap:
        """Return the map of this block and the next one."""
        return TableMap(self.values, tuple(map(later.apply, self.table)))

    @property
    def bits(self) -> int:
        return self.values.size * self.values.bits
