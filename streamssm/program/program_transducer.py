"""Program -> transducer: update and output become one graph of the step."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Node, Store
from streamssm.ir.ranges import Range
from streamssm.program.structure import ProgramStructure
from streamssm.runtime.transducer import Transducer


def program_transducer(
    program: ProgramStructure,
    *,
    reference: Callable[[tuple[int, ...], tuple[int, ...]], object] | None = None,
) -> Transducer:
    """Return the program's step; an update that is not proven to stay in range is checked while it runs."""
    g = GraphBuilder()
    step = ProgramStep(g, program, [g.field(i, word.range) for i, word in enumerate(program.fields)])
    outputs = step.outputs()
    error = step.overflow()
    ports = [node for s in step.stores for node in (s.enable, s.index, s.value)]
    graph, placed = g.finish([*step.after, *outputs, *ports, error])
    last_state, last_output = len(step.after), len(step.after) + len(outputs)
    return Transducer(
        name=program.name,
        fields=program.fields,
        state=program.registers,
        step=graph,
        next_state=placed[:last_state],
        outputs=placed[last_state:last_output],
        stores=tuple(
            dataclasses.replace(store, enable=enable, index=index, value=value)
            for store, (enable, index, value) in zip(
                step.stores, _threes(placed[last_output:-1]), strict=True
            )
        ),
        error=None if graph[placed[-1]].range.hi == 0 else placed[-1],
        reference=reference,
    )


class ProgramStep:
    """A program's step inside a builder: its scalars and stores, and its words after them."""

    def __init__(self, g: GraphBuilder, program: ProgramStructure, fields: Sequence[int]) -> None:
        self.g = g
        self.program = program
        self.fields = fields
        copies = g.graft(
            program.update,
            registers=self.before,
            fields=fields,
            begin=g.const(0),
            load=self._load_before,
            refined=True,
        )
        self.after = [copies[root] for root in program.next_registers]
        self.stores = tuple(
            dataclasses.replace(
                store, enable=copies[store.enable], index=copies[store.index], value=copies[store.value]
            )
            for store in program.stores
        )

    def before(self, register: int) -> int:
        """Return a register's word before the step."""
        return self.g.register(register, self.program.registers[register].range)

    def outputs(self) -> list[int]:
        """Return the output words, which read the words after the step."""
        copies = self.g.graft(
            self.program.output,
            registers=self.register_after,
            fields=self.fields,
            begin=self.g.const(0),
            load=self._load_after,
            refined=True,
        )
        return [copies[root] for root in self.program.outputs]

    def overflow(self) -> int:
        """Return the condition that some word leaves its range; the constant 0 if that is impossible."""
        g, error = self.g, self.g.const(0)
        for word, value in zip(self.program.scalars, self.after, strict=True):
            error = g.bit_or(error, outside(g, value, word.range))
        for store in self.stores:
            left = outside(g, store.value, self.program.registers[store.first].range)
            error = g.bit_or(error, g.bit_and(store.enable, left))
        return error

    def _load_before(self, index: int, node: Node) -> int:
        first, length = node.load
        return self.g.load(index, first, length, self.program.registers[first].range)

    def register_after(self, register: int) -> int:
        """Return a register's word after the step; on overflow, which is an error, it is unused."""
        bounds = self.program.registers[register].range
        if register < len(self.after):
            return self.g.clamp(self.after[register], bounds)
        array = self.program.array_of(register)
        return self._stored(array.first, self.g.const(register - array.first), self.before(register))

    def _load_after(self, index: int, node: Node) -> int:
        return self._stored(node.load[0], index, self._load_before(index, node))

    def _stored(self, first: int, index: int, old: int) -> int:
        """Return an array's word after the stores, inside its range."""
        stored = forwarded(self.g, (s for s in self.stores if s.first == first), index, old)
        return self.g.clamp(stored, self.program.registers[first].range)


def forwarded(g: GraphBuilder, stores: Iterable[Store], index: int, old: int) -> int:
    """Return the word of an array at ``index`` after some stores to it; it held ``old`` before."""
    for store in stores:
        meets = g.bit_and(store.enable, g.eq(store.index, index))
        old = g.select(meets, store.value, old)
    return old


def outside(g: GraphBuilder, value: int, bounds: Range) -> int:
    """Return the condition that a node leaves a range."""
    return g.bit_or(g.lt(value, g.const(bounds.lo)), g.lt(g.const(bounds.hi), value))


def _threes(nodes: Sequence[int]) -> list[tuple[int, int, int]]:
    return list(zip(nodes[::3], nodes[1::3], nodes[2::3], strict=True))
