"""What a layer's state words hold, and how their values are read back: one class per way to store registers.

A value is a register with its age: 0 for what it is after the step, 1 for what it was before, 2 for one
step earlier. Cells give nodes: entries and increments over the layer's input x, values over the words h
after the step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from streamssm.equivalences.layers.updates import LinearUpdate, OneHot
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Word
from streamssm.ssm.formats import NumberFormat, Overflow
from streamssm.ssm.layers import StateWord

LONGEST = 60  # bits of a word


class StoredValue(NamedTuple):
    """A register, and how many steps ago."""

    register: int
    age: int


class Gate(NamedTuple):
    """A row of the transition, as nodes: its entry in units of 2^-places, and its increment."""

    entry: int
    increment: int
    places: int = 0


Rebuilt = Callable[[int], int]  # from a node of the flow to a node over x
Decoded = Iterator[tuple[StoredValue, int]]


class Storage(Protocol):
    """State words of one layer with what they stand for."""

    @property
    def words(self) -> Sequence[StateWord]: ...

    @property
    def values(self) -> Sequence[StoredValue]: ...

    @property
    def needs(self) -> Sequence[int]:
        """The nodes of the flow that the gates compute."""

    def decoded(self, g: GraphBuilder, h: Sequence[int]) -> Decoded: ...


class DiagonalCell(Storage, Protocol):
    """State words whose transition is diagonal."""

    def gates(self, g: GraphBuilder, rebuilt: Rebuilt) -> list[Gate]: ...


@dataclass(frozen=True)
class OwnWord:
    """A register in a word of its own range."""

    register: int
    word: Word
    update: LinearUpdate

    @property
    def words(self) -> Sequence[StateWord]:
        affine = self.update.affine
        form = NumberFormat(self.word.range, rounding=affine.rounding, overflow=self.update.overflow)
        return (StateWord(self.word.name, form, self.word.init),)

    @property
    def values(self) -> Sequence[StoredValue]:
        return (StoredValue(self.register, 0),)

    @property
    def needs(self) -> Sequence[int]:
        return (self.update.affine.entry, self.update.affine.increment)

    def gates(self, g: GraphBuilder, rebuilt: Rebuilt) -> list[Gate]:
        affine = self.update.affine
        return [Gate(rebuilt(affine.entry), rebuilt(affine.increment), affine.places)]

    def decoded(self, g: GraphBuilder, h: Sequence[int]) -> Decoded:
        yield StoredValue(self.register, 0), h[0]


@dataclass(frozen=True)
class DelayLine:
    """A value and what it was in the steps before, side by side: ``word' = floor(word 2^-w) + value 2^(age
    w)``.

    ``slots`` are the words that the ages 0, 1, ... start as; ``source`` is the value's node. Values of more
    bits than fit so many times in one word are cut into limbs, lowest first.
    """

    base: int
    source: int
    slots: tuple[Word, ...]

    @property
    def oldest(self) -> int:
        return len(self.slots) - 1

    @property
    def bits(self) -> int:
        return self.slots[0].bits

    @property
    def limbs(self) -> list[tuple[int, int]]:
        """The (lowest bit, number of bits) of each limb."""
        most = LONGEST // len(self.slots)
        return [(low, min(most, self.bits - low)) for low in range(0, self.bits, most)]

    @property
    def words(self) -> Sequence[StateWord]:
        return tuple(self._word(number, *limb) for number, limb in enumerate(self.limbs))

    def _word(self, number: int, low: int, bits: int) -> StateWord:
        mark = f" limb {number}" if len(self.limbs) > 1 else ""
        start = 0
        for age, word in enumerate(self.slots):
            limb = word.init - self.slots[0].range.lo >> low & (1 << bits) - 1
            start |= limb << (self.oldest - age) * bits
        form = NumberFormat(Range(0, (1 << bits * len(self.slots)) - 1))
        return StateWord(f"{self.slots[0].name}{mark} and {self.oldest} before", form, start)

    @property
    def values(self) -> Sequence[StoredValue]:
        return tuple(StoredValue(self.base, age) for age in range(len(self.slots)))

    @property
    def needs(self) -> Sequence[int]:
        return (self.source,)

    def gates(self, g: GraphBuilder, rebuilt: Rebuilt) -> list[Gate]:
        offset = g.sub(rebuilt(self.source), g.const(self.slots[0].range.lo))
        return [Gate(g.const(1), self._increment(g, offset, *limb), limb[1]) for limb in self.limbs]

    def _increment(self, g: GraphBuilder, offset: int, low: int, bits: int) -> int:
        limb = digit(g, offset, low, bits, self.bits)
        return g.mul(limb, g.const(1 << self.oldest * bits))

    def decoded(self, g: GraphBuilder, h: Sequence[int]) -> Decoded:
        for age in range(len(self.slots)):
            total = g.const(self.slots[0].range.lo)
            for (low, bits), word in zip(self.limbs, h, strict=True):
                slot = digit(g, word, (self.oldest - age) * bits, bits, bits * len(self.slots))
                total = g.add(total, g.mul(slot, g.const(1 << low)))
            yield StoredValue(self.base, age), g.narrow(total, self.slots[0].range)


@dataclass(frozen=True)
class RunCounters:
    """A value and what it was before, with entries 0 and 1 alone: per bit, how long it has been 0, and 1,
    up to 2.

    The counters of the current run go up, the others are reset. The bit was different before exactly where
    the run is 1 long.
    """

    base: int
    source: int
    word: Word
    before: int  # the value that the age 1 starts as

    @property
    def words(self) -> Sequence[StateWord]:
        form = NumberFormat(Range(0, 2), overflow=Overflow.SATURATE)
        found = []
        for place in range(self.word.bits):
            bit, old = (v - self.word.range.lo >> place & 1 for v in (self.word.init, self.before))
            mark = f" bit {place}" if self.word.bits > 1 else ""
            for side in (0, 1):
                start = (2 if bit == old else 1) if bit == side else 0
                found.append(StateWord(f"run of {side} in {self.word.name}{mark}", form, start))
        return tuple(found)

    @property
    def values(self) -> Sequence[StoredValue]:
        return (StoredValue(self.base, 0), StoredValue(self.base, 1))

    @property
    def needs(self) -> Sequence[int]:
        return (self.source,)

    def gates(self, g: GraphBuilder, rebuilt: Rebuilt) -> list[Gate]:
        offset = g.sub(rebuilt(self.source), g.const(self.word.range.lo))
        found: list[Gate] = []
        for place in range(self.word.bits):
            bit = digit(g, offset, place, 1, self.word.bits)
            found += [Gate(side, side) for side in (g.not_(bit), bit)]
        return found

    def decoded(self, g: GraphBuilder, h: Sequence[int]) -> Decoded:
        now = before = g.const(self.word.range.lo)
        for place in range(self.word.bits):
            zeros, ones = h[2 * place : 2 * place + 2]
            bit = g.lt(g.const(0), ones)
            old = g.bit_or(g.eq(zeros, g.const(1)), g.eq(ones, g.const(2)))
            weight = g.const(1 << place)
            now, before = g.add(now, g.mul(bit, weight)), g.add(before, g.mul(old, weight))
        yield StoredValue(self.base, 0), g.narrow(now, self.word.range)
        yield StoredValue(self.base, 1), g.narrow(before, self.word.range)


@dataclass(frozen=True)
class OneHotWords:
    """A register as one bit per value, of which one is set; the transition moves it."""

    register: int
    word: Word
    update: OneHot

    @property
    def words(self) -> Sequence[StateWord]:
        form, low = NumberFormat(BIT), self.word.range.lo
        places = range(self.word.range.size)
        return tuple(
            StateWord(f"{self.word.name} = {low + p}", form, int(low + p == self.word.init)) for p in places
        )

    @property
    def values(self) -> Sequence[StoredValue]:
        return (StoredValue(self.register, 0),)

    @property
    def needs(self) -> Sequence[int]:
        return self.update.successors

    def targets(self, g: GraphBuilder, rebuilt: Rebuilt) -> list[int]:
        """Return, for every column, the row that its one stands in."""
        low = g.const(self.word.range.lo)
        return [g.sub(rebuilt(node), low) for node in self.update.successors]

    def decoded(self, g: GraphBuilder, h: Sequence[int]) -> Decoded:
        low = self.word.range.lo
        total = g.neuron(low, [(place, bit) for place, bit in enumerate(h) if place], relu=False)
        yield StoredValue(self.register, 0), g.narrow(total, self.word.range)


def digit(g: GraphBuilder, word: int, low: int, bits: int, width: int) -> int:
    """Return some bits of a word of ``width`` bits that is not negative."""
    shifted = g.shr(word, g.const(low)) if low else word
    return shifted if low + bits >= width else g.bit_and(shifted, g.const((1 << bits) - 1))
