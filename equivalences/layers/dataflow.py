"""What flows where in one step: every register's next value over the values before the step.

Arrays are taken apart: each of their words is a register of its own. REGISTER leaves below
``num_registers`` are registers before the step (old); those from there on are the same registers after it
(new).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from streamssm.equivalences.layers.rewriting import Rewriter
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Graph, Node, Op, Store
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word
from streamssm.program.program import Program


class LayerInterface(Protocol):
    """What layers read, hold and answer, whatever their updates are; a program, say."""

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
    """The nodes that updates are made of: old and new registers, the token, what is computed from them."""

    program: LayerInterface
    g: GraphBuilder = field(default_factory=GraphBuilder)
    _reads: dict[int, frozenset[int]] = field(default_factory=dict)

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
        """Return the indices of the REGISTER leaves that a node needs."""
        if node not in self._reads:
            needed = (self.g.nodes[i] for i in self.needed(node))
            self._reads[node] = frozenset(n.index for n in needed if n.op is Op.REGISTER)
        return self._reads[node]

    def needed(self, node: int) -> set[int]:
        """Return a node and all that it is computed from."""
        found, open_ends = {node}, [node]
        while open_ends:
            args = set(self.g.nodes[open_ends.pop()].args) - found
            found |= args
            open_ends.extend(args)
        return found


@dataclass
class Dataflow(UpdateContext):
    """A program's step with every word of its arrays on its own."""

    program: Program

    @cached_property
    def next(self) -> tuple[int, ...]:
        """Every register's next value, simplified, over old registers and the token."""
        found = Rewriter(self.g, self.program.update.nodes, self._leaf, load=self._load)
        scalars = [found.root(root) for root in self.program.next_registers]
        return (*scalars, *(self._word(found, place) for place in range(len(scalars), self.num_registers)))

    def _leaf(self, node: Node) -> int:
        if node.op is Op.REGISTER:
            return self.old(node.index)
        return self.g.field(node.index, node.range)

    def _word(self, found: Rewriter, register: int) -> int:
        array, value = self.program.array_of(register), self.old(register)
        for store in self.program.stores:
            if store.first == array.first:
                value = self._stored(found, store, register - array.first, value)
        return value

    def _stored(self, found: Rewriter, store: Store, place: int, before: int) -> int:
        """Return a word after a store, whose value counts only where it meets the word."""
        g = self.g
        meets = g.bit_and(found.root(store.enable), g.eq(found.root(store.index), g.const(place)))
        if g.range(meets).hi == 0:
            return before
        return g.select(meets, found.root(store.value, found.assuming(found.anywhere, meets, True)), before)

    def _load(self, node: Node, index: int) -> int:
        first, length = node.load
        return chosen(self.g, index, lambda place: self.old(first + place), Range(0, length - 1))

    @cached_property
    def below(self) -> tuple[frozenset[int], ...]:
        """The other registers that each register's next value is computed from."""
        return tuple(self.reads(node) - {r} for r, node in enumerate(self.next))


def chosen(g: GraphBuilder, index: int, word: Callable[[int], int], places: Range) -> int:
    """Return the word at an index, by halving the range of places."""
    places = places.meet(g.range(index)) or places
    if places.is_constant:
        return word(places.lo)
    middle = (places.lo + places.hi) // 2
    lower = chosen(g, index, word, Range(places.lo, middle))
    return g.select(g.le(index, g.const(middle)), lower, chosen(g, index, word, Range(middle + 1, places.hi)))


def cycles(below: Sequence[Iterable[int]], members: Sequence[int]) -> list[tuple[int, ...]]:
    """Return shortest cycles of a component that together go through each of its members."""
    inside, named, found = set(members), set[int](), list[tuple[int, ...]]()
    for start in members:
        if start not in named:
            cycle = _shortest_cycle(below, start, inside)
            named.update(cycle)
            found.append(cycle)
    return found


def _shortest_cycle(below: Sequence[Iterable[int]], start: int, inside: set[int]) -> tuple[int, ...]:
    before: dict[int, int] = {}
    ends = [start]
    while ends:
        following: list[int] = []
        for at in ends:
            for register in sorted(set(below[at]) & inside):
                if register == start:
                    return _path(before, start, at)
                if register not in before:
                    before[register] = at
                    following.append(register)
        ends = following
    return (start,)


def _path(before: dict[int, int], start: int, end: int) -> tuple[int, ...]:
    found = [end]
    while found[-1] != start:
        found.append(before[found[-1]])
    return tuple(reversed(found))
