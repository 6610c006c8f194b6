"""Program -> transducer: update and output become one graph of the step."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Node, Op, Store
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
        self._stores_to = StoresByWord(g.nodes, self.stores)

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
        first = self.program.array_of(register).first
        stores = self._stores_to(first, register - first)
        stored = forwarded(self.g, stores, self.g.const(register - first), self.before(register))
        return self.g.clamp(stored, bounds)

    def _load_after(self, index: int, node: Node) -> int:
        first = node.load[0]
        stores = (store for store in self.stores if store.first == first)
        stored = forwarded(self.g, stores, index, self._load_before(index, node))
        return self.g.clamp(stored, self.program.registers[first].range)


class StoresByWord:
    """The stores that may write a given word of an array, in their order.

    A loop over an array leaves one store per word, with a constant index; a word is read through its own.
    """

    def __init__(self, nodes: Sequence[Node], stores: Sequence[Store]) -> None:
        self._variable: dict[int, list[tuple[int, Store]]] = {}
        self._constant: dict[tuple[int, int], list[tuple[int, Store]]] = {}
        for position, store in enumerate(stores):
            index = nodes[store.index]
            if index.op is Op.CONST:
                self._constant.setdefault((store.first, index.index), []).append((position, store))
            else:
                self._variable.setdefault(store.first, []).append((position, store))

    def __call__(self, first: int, offset: int) -> list[Store]:
        """Return the stores that may write the word at ``offset`` of the array that begins at ``first``."""
        variable, constant = self._variable.get(first, []), self._constant.get((first, offset), [])
        return [store for _, store in sorted([*variable, *constant], key=itemgetter(0))]


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
