"""Storage of registers in a layer's state words: one class per representation, with gates and decoding.

A stored value is a register with its age: 0 for its value after the step, 1 for the one before, 2 for one
step earlier. Storage builds nodes: entries and increments over the layer's input x, decoded values over the
words h after the step.
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
    """A register and an age in steps."""

    register: int
    age: int


class Gate(NamedTuple):
    """A row of a diagonal transition, as nodes: entry in units of 2^-fraction_bits, and increment."""

    entry: int
    increment: int
    fraction_bits: int = 0


Rebuilt = Callable[[int], int]  # from a node of the context to a node over x
Decoded = Iterator[tuple[StoredValue, int]]


class Storage(Protocol):
    """State words of one layer and the values that they hold."""

    @property
    def words(self) -> Sequence[StateWord]: ...

    @property
    def values(self) -> Sequence[StoredValue]: ...

    @property
    def needs(self) -> Sequence[int]:
        """The nodes of the context that the gates compute."""

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
        return [Gate(rebuilt(affine.entry), rebuilt(affine.increment), affine.fraction_bits)]

    def decoded(self, g: GraphBuilder, h: Sequence[int]) -> Decoded:
        yield StoredValue(self.register, 0), h[0]


@dataclass(frozen=True)
class DelayLine:
    """A shift register of a value and its past, in one word of slots of w bits.

    Law: ``word' = floor(word 2^-w) + value 2^(oldest w)``

    ``slots`` are the initial values at the ages 0, 1, ...; ``source`` is the value's node. If the slots do
    not fit one word, each value is cut into limbs, lowest first, with one word per limb.
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
        most = max(LONGEST // len(self.slots), 1)  # slots without bits may be any number
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
        limb = bit_field(g, offset, low, bits, self.bits)
        return g.mul(limb, g.const(1 << self.oldest * bits))

    def decoded(self, g: GraphBuilder, h: Sequence[int]) -> Decoded:
        for age in range(len(self.slots)):
            total = g.const(self.slots[0].range.lo)
            for (low, bits), word in zip(self.limbs, h, strict=True):
                slot = bit_field(g, word, (self.oldest - age) * bits, bits, bits * len(self.slots))
                total = g.add(total, g.mul(slot, g.const(1 << low)))
            yield StoredValue(self.base, age), g.narrow(total, self.slots[0].range)


@dataclass(frozen=True)
class RunCounters:
    """A value and its predecessor, with entries 0 and 1 only: run lengths of 0 and 1 per bit, up to 2.

    A `DelayLine` shifts, which needs an entry 2^-w. Here each step increments the counter of the bit's
    current value and resets the other one; the bit was different before exactly if its run has length 1.
    """

    base: int
    source: int
    word: Word
    before: int  # the initial value at age 1

    @property
    def words(self) -> Sequence[StateWord]:
        form = NumberFormat(Range(0, 2), overflow=Overflow.SATURATE)
        state_words = []
        for position in range(self.word.bits):
            bit, old = (v - self.word.range.lo >> position & 1 for v in (self.word.init, self.before))
            mark = f" bit {position}" if self.word.bits > 1 else ""
            for bit_value in (0, 1):
                start = (2 if bit == old else 1) if bit == bit_value else 0
                state_words.append(StateWord(f"run of {bit_value} in {self.word.name}{mark}", form, start))
        return tuple(state_words)

    @property
    def values(self) -> Sequence[StoredValue]:
        return (StoredValue(self.base, 0), StoredValue(self.base, 1))

    @property
    def needs(self) -> Sequence[int]:
        return (self.source,)

    def gates(self, g: GraphBuilder, rebuilt: Rebuilt) -> list[Gate]:
        offset = g.sub(rebuilt(self.source), g.const(self.word.range.lo))
        rows: list[Gate] = []
        for position in range(self.word.bits):
            bit = bit_field(g, offset, position, 1, self.word.bits)
            rows += [Gate(bit_value, bit_value) for bit_value in (g.not_(bit), bit)]
        return rows

    def decoded(self, g: GraphBuilder, h: Sequence[int]) -> Decoded:
        now = before = g.const(self.word.range.lo)
        for position in range(self.word.bits):
            zeros, ones = h[2 * position : 2 * position + 2]
            bit = g.lt(g.const(0), ones)
            old = g.bit_or(g.eq(zeros, g.const(1)), g.eq(ones, g.const(2)))
            weight = g.const(1 << position)
            now, before = g.add(now, g.mul(bit, weight)), g.add(before, g.mul(old, weight))
        yield StoredValue(self.base, 0), g.narrow(now, self.word.range)
        yield StoredValue(self.base, 1), g.narrow(before, self.word.range)


@dataclass(frozen=True)
class OneHotWords:
    """A one-hot register: one bit per value, permuted or merged by a monomial transition."""

    register: int
    word: Word
    update: OneHot

    @property
    def words(self) -> Sequence[StateWord]:
        form, low = NumberFormat(BIT), self.word.range.lo
        values = range(self.word.range.size)
        return tuple(
            StateWord(f"{self.word.name} = {low + p}", form, int(low + p == self.word.init)) for p in values
        )

    @property
    def values(self) -> Sequence[StoredValue]:
        return (StoredValue(self.register, 0),)

    @property
    def needs(self) -> Sequence[int]:
        return self.update.successors

    def targets(self, g: GraphBuilder, rebuilt: Rebuilt) -> list[int]:
        """Return the row of the single 1 of every column."""
        low = g.const(self.word.range.lo)
        return [g.sub(rebuilt(node), low) for node in self.update.successors]

    def decoded(self, g: GraphBuilder, h: Sequence[int]) -> Decoded:
        low = self.word.range.lo
        total = g.neuron(low, [(position, bit) for position, bit in enumerate(h) if position], relu=False)
        yield StoredValue(self.register, 0), g.narrow(total, self.word.range)


def bit_field(g: GraphBuilder, word: int, low: int, bits: int, width: int) -> int:
    """Return the bits ``low`` to ``low + bits - 1`` of a nonnegative word of ``width`` bits."""
    shifted = g.shr(word, g.const(low)) if low else word
    return shifted if low + bits >= width else g.bit_and(shifted, g.const((1 << bits) - 1))
