"""The layout of a thought: next registers, write ports of arrays, and the fields that outputs read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Graph, Op, Store, reachable
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Array, Word
from streamssm.program.program import Program
from streamssm.program.program_transducer import ProgramStep
from streamssm.ssm.network import Signal

ASSUMED = "assumed, not proven: "  # the prefix of such notes


@dataclass(frozen=True)
class ThoughtSlot:
    """A word of the thought and the node of the update that it carries."""

    word: Word
    node: int


@dataclass(frozen=True)
class PortPlan:
    """The slots of one write port, which may write the words at ``indices``.

    A port with a fixed index has no index slot, and an enable bit (``on``) only if it may be disabled. An
    index above the range writes nothing.
    """

    value: ThoughtSlot
    indices: Range
    index: ThoughtSlot | None = None
    on: ThoughtSlot | None = None

    @property
    def slots(self) -> tuple[ThoughtSlot, ...]:
        return tuple(slot for slot in (self.on, self.index, self.value) if slot)

    @property
    def bits(self) -> int:
        return sum(slot.word.bits for slot in self.slots)


@dataclass(frozen=True)
class ArrayPlan:
    """The transmission of an array: through its ports, or whole if the ports would take more bits."""

    array: Array
    ports: tuple[PortPlan, ...]
    words: tuple[ThoughtSlot, ...]
    port_bits: int
    array_bits: int

    @property
    def note(self) -> str:
        ports = f"{len(self.ports)} write port{'' if len(self.ports) == 1 else 's'}"
        mode = "sent whole" if self.words else f"sent through {ports}"
        return f"array {self.array.name}: {mode} (ports {self.port_bits} bits, whole {self.array_bits} bits)"


def assumed(program: Program) -> tuple[str, ...]:
    """Return notes on the assumptions of the program's author; models clamp values that violate them."""
    return tuple(f"{ASSUMED}{os.path.basename(a.file)}:{a.line}: {a.text}" for a in program.assumptions)


class ThoughtLayout:
    """The thought of a program's model, and the positions of its words in the layer's input x."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.g = GraphBuilder()
        self.step = ProgramStep(
            self.g, program, [self.g.field(i, w.range) for i, w in enumerate(program.fields)]
        )
        scalars = zip(program.scalars, self.step.after, strict=True)
        self.scalars = tuple(self._slot(f"next {w.name}", w.range, node) for w, node in scalars)
        self.arrays = tuple(self._array(array) for array in program.arrays)

    # slots

    def _slot(self, name: str, range_: Range, node: int) -> ThoughtSlot:
        return ThoughtSlot(Word(name, range_, range_.lo), node)

    def _array(self, array: Array) -> ArrayPlan:
        stores = [s for s in self.step.stores if s.first == array.first and self.g.range(s.enable).hi]
        ports = tuple(self._port(array, store, k) for k, store in enumerate(stores, start=1))
        words = [self.program.registers[register] for register in array.places]
        sizes = sum(port.bits for port in ports), sum(word.bits for word in words)
        if sizes[0] <= sizes[1]:
            return ArrayPlan(array, ports, (), *sizes)
        after = map(self.step.register_after, array.places)
        whole = tuple(self._slot(f"next {w.name}", w.range, n) for w, n in zip(words, after, strict=True))
        return ArrayPlan(array, ports, whole, *sizes)

    def _port(self, array: Array, store: Store, number: int) -> PortPlan:
        g, name = self.g, f"{array.name} port {number}"
        range_ = self.program.registers[array.first].range
        always = g.range(store.enable).lo == 1
        stored = store.value
        if not always and not range_.covers(g.range(stored)):
            stored = g.select(store.enable, stored, g.const(range_.lo))
        value = self._slot(f"{name} value", range_, stored)
        if g.nodes[store.index].op is Op.CONST:
            on = None if always else self._slot(f"{name} on", BIT, store.enable)
            return PortPlan(value, g.range(store.index), on=on)
        indices = g.range(store.index)
        index_range = Range(indices.lo, indices.hi + (not always))
        target = g.select(store.enable, store.index, g.const(indices.hi + 1))
        return PortPlan(value, indices, index=self._slot(f"{name} index", index_range, target))

    @property
    def slots(self) -> tuple[ThoughtSlot, ...]:
        """Every word of the thought that the update computes."""
        sent = (a.words or [slot for port in a.ports for slot in port.slots] for a in self.arrays)
        return (*self.scalars, *(slot for slots in sent for slot in slots))

    @cached_property
    def update(self) -> tuple[Graph, tuple[int, ...]]:
        """The graph of the slots, and the node of each slot in it."""
        return self.g.finish([slot.node for slot in self.slots])

    @cached_property
    def carried(self) -> tuple[int, ...]:
        """The indices of the fields that the outputs read."""
        graph = self.program.output
        needed = (graph[node] for node in reachable(graph, self.program.outputs))
        return tuple(sorted({node.index for node in needed if node.op is Op.FIELD}))

    # words and signals

    @cached_property
    def thought_words(self) -> tuple[Word, ...]:
        fields = [self.program.fields[index] for index in self.carried]
        last = (Word(f"last {word.name}", word.range, word.range.lo) for word in fields)
        return (*(slot.word for slot in self.slots), *last)

    @property
    def thought_bits(self) -> int:
        return sum(word.bits for word in self.thought_words)

    @cached_property
    def x(self) -> tuple[Signal, ...]:
        words = (*self.program.fields, *self.thought_words)
        flags = (Signal("x.thought", BIT), Signal("x.begin", BIT))
        return (*flags, *(Signal(f"x.{word.name}", word.range) for word in words))

    @cached_property
    def h(self) -> tuple[Signal, ...]:
        return tuple(Signal(f"h.{word.name}", word.range) for word in self.program.registers)

    @cached_property
    def _signals(self) -> dict[str, int]:
        start = 2 + len(self.program.fields)
        return {word.name: start + offset for offset, word in enumerate(self.thought_words)}

    def signal(self, slot: ThoughtSlot) -> int:
        """Return the signal of a slot in x."""
        return self._signals[slot.word.name]

    @property
    def plain(self) -> Sequence[tuple[int, ThoughtSlot]]:
        """The registers that are sent without ports, each with its slot."""
        whole = [zip(a.array.places, a.words, strict=False) for a in self.arrays]
        return [*enumerate(self.scalars), *(pair for pairs in whole for pair in pairs)]
