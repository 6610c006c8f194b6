"""Overflow handling of a value that a word is to hold: wrap, cycle, saturate, or check.

Nothing computed after a failed check is used. So a word that may leave its range is clamped after its check,
and everything computed from it keeps its range.
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
    """An error condition: ``failed`` is 1 where the requirement ``text`` is violated."""

    text: str
    failed: Dual


class OverflowHandler:
    """Builder of the nodes that bring a value into the range of its word."""

    def __init__(self, duals: DualBuilder) -> None:
        self.duals = duals
        self.builder = duals.builder

    def stored(self, word: StateWord, value: Dual, facts: Facts) -> tuple[Dual, list[Check]]:
        """Return the value that a state word holds after the step, and the checks that this needs."""
        if word.format.overflow is Overflow.WRAP:
            return self._wrapped(value, word.range), []
        if word.format.overflow is Overflow.CYCLE:
            return self._cycled(value, word.range), []
        if word.format.overflow is Overflow.SATURATE:
            return self._clamped(value, word.range), []
        return self.checked(value, word.range, f"state word '{word.name}'", facts)

    def _wrapped(self, value: Dual, range_: Range) -> Dual:
        if range_.covers(self.duals.range(value)):
            return value
        low, mask = self.duals.const(range_.lo), self.duals.const(range_.size - 1)
        offset = self.duals.apply(self.builder.sub, value, low)
        return self.duals.apply(self.builder.add, self.duals.apply(self.builder.bit_and, offset, mask), low)

    def _cycled(self, value: Dual, range_: Range) -> Dual:
        if range_.covers(self.duals.range(value)):
            return value
        low, size = self.duals.const(range_.lo), self.duals.const(range_.size)
        offset = self.duals.apply(self.builder.sub, value, low)
        return self.duals.apply(self.builder.add, self.duals.apply(self.builder.mod, offset, size), low)

    def _clamped(self, value: Dual, range_: Range) -> Dual:
        return self.duals.apply(lambda node: self.builder.clamp(node, range_), value)

    def checked(self, value: Dual, range_: Range, name: str, facts: Facts) -> tuple[Dual, list[Check]]:
        """Return a value clamped to a range, and the check that this changes nothing where the facts hold.

        No check is needed where the value is proven to lie in the range.
        """
        if range_.covers(self.duals.proven(value)):
            return value, []
        clamped = self._clamped(value, range_)
        bound = self.duals.bound(value, facts)
        if bound is None or range_.covers(bound):
            return clamped, []
        return clamped, [Check(f"{name} in {range_}", self.duals.apply(self.builder.ne, value, clamped))]
