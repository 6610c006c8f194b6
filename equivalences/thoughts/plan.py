"""What a thought carries: the next registers, write ports of arrays, and the fields that outputs read."""

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
from streamssm.program.to_transducer import ProgramStep
from streamssm.ssm.network import Signal

ASSUMED = "assumed, not proven: "  # how such notes begin


@dataclass(frozen=True)
class ThoughtSlot:
    """A word of the thought and the node of the update that it carries."""

    word: Word
    node: int


@dataclass(frozen=True)
class PortPlan:
    """The slots of one write port: a fixed ``place`` needs no index, and a bit only where it may be disabled.

    The words that it may write are ``places``; an index above these writes nothing.
    """

    value: ThoughtSlot
    places: Range
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
    """How an array is sent: through its ports, or as a whole where they would cost more bits."""

    array: Array
    ports: tuple[PortPlan, ...]
    words: tuple[ThoughtSlot, ...]
    port_bits: int
    array_bits: int

    @property
    def note(self) -> str:
        ports = f"{len(self.ports)} write port{'' if len(self.ports) == 1 else 's'}"
        how = "sent whole" if self.words else f"sent through {ports}"
        return f"array {self.array.name}: {how} (ports {self.port_bits} bits, whole {self.array_bits} bits)"


def assumed(program: Program) -> tuple[str, ...]:
    """Return notes on what the program's author promised and nobody proved: beyond it models clamp."""
    return tuple(f"{ASSUMED}{os.path.basename(a.file)}:{a.line}: {a.text}" for a in program.assumptions)


class ThoughtLayout:
    """The thought of a program's model, and where everything stands in the layer's input x."""

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

    def _slot(self, name: str, values: Range, node: int) -> ThoughtSlot:
        return ThoughtSlot(Word(name, values, values.lo), node)

    def _array(self, array: Array) -> ArrayPlan:
        stores = [s for s in self.step.stores if s.first == array.first and self.g.range(s.enable).hi]
        ports = tuple(self._port(array, store, k) for k, store in enumerate(stores, start=1))
        words = [self.program.registers[place] for place in array.places]
        costs = sum(port.bits for port in ports), sum(word.bits for word in words)
        if costs[0] <= costs[1]:
            return ArrayPlan(array, ports, (), *costs)
        after = map(self.step.register_after, array.places)
        whole = tuple(self._slot(f"next {w.name}", w.range, n) for w, n in zip(words, after, strict=True))
        return ArrayPlan(array, ports, whole, *costs)

    def _port(self, array: Array, store: Store, number: int) -> PortPlan:
        g, name = self.g, f"{array.name} port {number}"
        values = self.program.registers[array.first].range
        always = g.range(store.enable).lo == 1
        sent = store.value
        if not always and not values.covers(g.range(sent)):
            sent = g.select(store.enable, sent, g.const(values.lo))
        value = self._slot(f"{name} value", values, sent)
        if g.nodes[store.index].op is Op.CONST:
            on = None if always else self._slot(f"{name} on", BIT, store.enable)
            return PortPlan(value, g.range(store.index), on=on)
        places = g.range(store.index)
        sent_places = Range(places.lo, places.hi + (not always))
        where = g.select(store.enable, store.index, g.const(places.hi + 1))
        return PortPlan(value, places, index=self._slot(f"{name} index", sent_places, where))

    @property
    def slots(self) -> tuple[ThoughtSlot, ...]:
        """Every word of the thought that the update computes."""
        sent = (a.words or [slot for port in a.ports for slot in port.slots] for a in self.arrays)
        return (*self.scalars, *(slot for slots in sent for slot in slots))

    @cached_property
    def update(self) -> tuple[Graph, tuple[int, ...]]:
        """The graph of the slots, and where each slot's node is in it."""
        return self.g.finish([slot.node for slot in self.slots])

    @cached_property
    def carried(self) -> tuple[int, ...]:
        """The fields that the outputs read, by their place in the token."""
        graph = self.program.output
        needed = (graph[node] for node in reachable(graph, self.program.outputs))
        return tuple(sorted({node.index for node in needed if node.op is Op.FIELD}))

    # words and signals

    @cached_property
    def thought_words(self) -> tuple[Word, ...]:
        fields = [self.program.fields[place] for place in self.carried]
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
    def _places(self) -> dict[str, int]:
        start = 2 + len(self.program.fields)
        return {word.name: start + place for place, word in enumerate(self.thought_words)}

    def signal(self, slot: ThoughtSlot) -> int:
        """Return where a slot stands in x."""
        return self._places[slot.word.name]

    @property
    def plain(self) -> Sequence[tuple[int, ThoughtSlot]]:
        """The registers that are sent as they are, each with its slot."""
        whole = [zip(a.array.places, a.words, strict=False) for a in self.arrays]
        return [*enumerate(self.scalars), *(pair for pairs in whole for pair in pairs)]
