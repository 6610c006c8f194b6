"""Dataflow of one step: every register's next value as a function of the values before the step.

Arrays are scalarized: each of their words is a register of its own. REGISTER leaves below ``num_registers``
are registers before the step (old); the leaf ``num_registers + r`` is register r after the step (new).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from streamssm.equivalences.layers.rewriting import Rewriter
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Graph, Node, Op, Store
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word
from streamssm.program.program import Program
from streamssm.program.program_transducer import StoresByWord


class LayerInterface(Protocol):
    """The fields, registers and outputs of layers, whatever their updates are; a program is one."""

    @property
    def name(self) -> str: ...

    @property
    def fields(self) -> tuple[Word, ...]: ...

    @property
    def registers(self) -> tuple[Word, ...]: ...

    @property
    def output(self) -> Graph: ...

    @property
    def outputs(self) -> tuple[int, ...]: ...

    @property
    def output_names(self) -> tuple[str, ...]: ...


@dataclass
class UpdateContext:
    """The builder of update graphs: old and new registers, the token, and nodes computed from them."""

    program: LayerInterface
    g: GraphBuilder = field(default_factory=GraphBuilder)
    _reads: dict[int, frozenset[int]] = field(default_factory=dict)
    _read_bits: list[int] = field(
        default_factory=list
    )  # of each node: the registers in its cone, as a bit set

    @property
    def registers(self) -> tuple[Word, ...]:
        return self.program.registers

    @property
    def num_registers(self) -> int:
        return len(self.program.registers)

    def old(self, register: int) -> int:
        """Return the node of a register before the step."""
        return self.g.register(register, self.registers[register].range)

    def new(self, register: int) -> int:
        """Return the node of a register after the step."""
        return self.g.register(self.num_registers + register, self.registers[register].range)

    def reads(self, node: int) -> frozenset[int]:
        """Return the indices of the REGISTER leaves in a node's cone."""
        if node not in self._reads:
            sets, nodes = self._read_bits, self.g.nodes
            for entry in nodes[len(sets) : node + 1]:
                bits = 1 << entry.index if entry.op is Op.REGISTER else 0
                for arg in entry.args:
                    bits |= sets[arg]
                sets.append(bits)
            self._reads[node] = frozenset(_set_bits(sets[node]))
        return self._reads[node]

    def needed(self, node: int) -> set[int]:
        """Return the cone of a node: the node and everything that it is computed from."""
        visited, waiting = {node}, [node]
        while waiting:
            args = set(self.g.nodes[waiting.pop()].args) - visited
            visited |= args
            waiting.extend(args)
        return visited


@dataclass
class Dataflow(UpdateContext):
    """A program's step with scalarized arrays."""

    program: Program
    _loads: dict[tuple[int, int, int], int] = field(default_factory=dict)

    @cached_property
    def next(self) -> tuple[int, ...]:
        """Every register's next value, simplified, over old registers and the token."""
        rewriter = Rewriter(self.g, self.program.update.nodes, self._leaf, load=self._load)
        scalars = [rewriter.root(root) for root in self.program.next_registers]
        return (
            *scalars,
            *(self._word(rewriter, register) for register in range(len(scalars), self.num_registers)),
        )

    def _leaf(self, node: Node) -> int:
        if node.op is Op.REGISTER:
            return self.old(node.index)
        return self.g.field(node.index, node.range)

    def _word(self, rewriter: Rewriter, register: int) -> int:
        first, value = self.program.array_of(register).first, self.old(register)
        for store in self._stores_to(first, register - first):
            value = self._stored(rewriter, store, register - first, value)
        return value

    @cached_property
    def _stores_to(self) -> StoresByWord:
        return StoresByWord(self.program.update.nodes, self.program.stores)

    def _stored(self, rewriter: Rewriter, store: Store, offset: int, before: int) -> int:
        """Return an array's word after a store; the value is simplified under the condition that it hits."""
        g = self.g
        hits = g.bit_and(rewriter.root(store.enable), g.eq(rewriter.root(store.index), g.const(offset)))
        if g.range(hits).hi == 0:
            return before
        return g.select(
            hits, rewriter.root(store.value, rewriter.assuming(rewriter.anywhere, hits, True)), before
        )

    def _load(self, node: Node, index: int) -> int:
        first, length = node.load
        key = index, first, length
        if key not in self._loads:
            indices = Range(0, length - 1)
            self._loads[key] = select_word(self.g, index, lambda offset: self.old(first + offset), indices)
        return self._loads[key]

    @cached_property
    def dependencies(self) -> tuple[frozenset[int], ...]:
        """The other registers that each register's next value reads."""
        return tuple(self.reads(node) - {r} for r, node in enumerate(self.next))


def _set_bits(bits: int) -> Iterator[int]:
    """Yield the positions of the ones of a number."""
    for start, byte in enumerate(bits.to_bytes((bits.bit_length() + 7) // 8, "little")):
        while byte:
            yield 8 * start + (byte & -byte).bit_length() - 1
            byte &= byte - 1


def select_word(g: GraphBuilder, index: int, word_at: Callable[[int], int], indices: Range) -> int:
    """Return the word at an index, by binary search over the range of indices."""
    indices = indices.meet(g.range(index)) or indices
    if indices.is_constant:
        return word_at(indices.lo)
    middle = (indices.lo + indices.hi) // 2
    lower = select_word(g, index, word_at, Range(indices.lo, middle))
    return g.select(
        g.le(index, g.const(middle)), lower, select_word(g, index, word_at, Range(middle + 1, indices.hi))
    )


def cycles(dependencies: Sequence[Iterable[int]], members: Sequence[int]) -> list[tuple[int, ...]]:
    """Return shortest cycles of a strongly connected component that together visit all of its members."""
    component, covered, shortest = set(members), set[int](), list[tuple[int, ...]]()
    for start in members:
        if start not in covered:
            cycle = _shortest_cycle(dependencies, start, component)
            covered.update(cycle)
            shortest.append(cycle)
    return shortest


def _shortest_cycle(
    dependencies: Sequence[Iterable[int]], start: int, component: set[int]
) -> tuple[int, ...]:
    predecessor: dict[int, int] = {}
    frontier = [start]
    while frontier:
        next_frontier: list[int] = []
        for current in frontier:
            for register in sorted(set(dependencies[current]) & component):
                if register == start:
                    return _path(predecessor, start, current)
                if register not in predecessor:
                    predecessor[register] = current
                    next_frontier.append(register)
        frontier = next_frontier
    return (start,)


def _path(predecessor: dict[int, int], start: int, end: int) -> tuple[int, ...]:
    path = [end]
    while path[-1] != start:
        path.append(predecessor[path[-1]])
    return tuple(reversed(path))
