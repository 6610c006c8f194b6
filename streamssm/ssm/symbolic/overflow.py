"""What becomes of a value on its way into a word: wrapped, cycled, saturated, or checked.

What is computed after a failed check is not used, so that a word which may leave its range is clamped after
its check and everything behind it keeps its range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from streamssm.ir.ranges import Range
from streamssm.ssm.formats import Overflow
from streamssm.ssm.symbolic.dual import Dual, DualBuilder

if TYPE_CHECKING:
    from streamssm.ssm.layers import StateWord

Facts = tuple[tuple[Dual, bool], ...]


@dataclass(frozen=True)
class Check:
    """Something that must not happen: a condition, and what it means in words."""

    text: str
    failed: Dual


class OverflowHandler:
    """Brings values into the ranges of their words."""

    def __init__(self, pairs: DualBuilder) -> None:
        self.pairs = pairs
        self.builder = pairs.builder

    def stored(self, word: StateWord, value: Dual, facts: Facts) -> tuple[Dual, list[Check]]:
        """Return what a state word becomes, and the checks that this needs."""
        if word.format.overflow is Overflow.WRAP:
            return self._wrapped(value, word.range), []
        if word.format.overflow is Overflow.CYCLE:
            return self._cycled(value, word.range), []
        if word.format.overflow is Overflow.SATURATE:
            return self._clamped(value, word.range), []
        return self.kept(value, word.range, f"state word '{word.name}'", facts)

    def _wrapped(self, value: Dual, values: Range) -> Dual:
        if values.covers(self.pairs.range(value)):
            return value
        low, mask = self.pairs.const(values.lo), self.pairs.const(values.size - 1)
        offset = self.pairs.apply(self.builder.sub, value, low)
        return self.pairs.apply(self.builder.add, self.pairs.apply(self.builder.bit_and, offset, mask), low)

    def _cycled(self, value: Dual, values: Range) -> Dual:
        if values.covers(self.pairs.range(value)):
            return value
        low, size = self.pairs.const(values.lo), self.pairs.const(values.size)
        offset = self.pairs.apply(self.builder.sub, value, low)
        return self.pairs.apply(self.builder.add, self.pairs.apply(self.builder.mod, offset, size), low)

    def _clamped(self, value: Dual, values: Range) -> Dual:
        return self.pairs.apply(lambda node: self.builder.clamp(node, values), value)

    def kept(self, value: Dual, values: Range, name: str, facts: Facts) -> tuple[Dual, list[Check]]:
        """Return a word that must stay in range where the facts hold, and the checks that this needs."""
        if values.covers(self.pairs.proven(value)):
            return value, []
        kept = self._clamped(value, values)
        found = self.pairs.bound(value, facts)
        if found is None or values.covers(found):
            return kept, []
        return kept, [Check(f"{name} in {values}", self.pairs.apply(self.builder.ne, value, kept))]
