"""Programs written in another way: the same on every stream, or with one planted difference.

Every node of the graphs is made again in one of several ways that come to the same; registers may be held
with an offset, upside down, or in two parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import LEAVES, Graph, Node, Op, Store
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Array, Word
from streamssm.program.program import Program
from tests.rewritten_nodes import WAYS


class Plant:
    """What is changed on the way: nothing, here."""

    def node(self, g: GraphBuilder, update: bool, place: int, node: Node, args: list[int], made: int) -> int:
        """Return what takes the place of a node, which was made of ``args``."""
        return made

    def lock(self) -> Word | None:
        """Return a register to add, None for none."""
        return None

    def lock_after(self, g: GraphBuilder, lock: int) -> int:
        """Return the added register after a token."""
        raise NotImplementedError

    def outputs(self, g: GraphBuilder, outputs: list[int], lock: int | None) -> list[int]:
        return outputs


@dataclass(frozen=True)
class Held:
    """How a register is held: in one word, or in ``low_bits`` of one and the rest in another.

    The words hold ``sign * value + offset``.
    """

    sign: int
    offset: int
    low_bits: int
    words: tuple[Word, ...]

    def read(self, g: GraphBuilder, first: int) -> int:
        parts = [g.register(first + i, word.range) for i, word in enumerate(self.words)]
        whole = parts[0]
        if self.low_bits:
            whole = g.add(parts[0], g.mul(parts[1], g.const(1 << self.low_bits)))
        whole = g.sub(whole, g.const(self.offset))
        return whole if self.sign > 0 else g.neg(whole)

    def written(self, g: GraphBuilder, value: int) -> list[int]:
        whole = g.add(value if self.sign > 0 else g.neg(value), g.const(self.offset))
        if not self.low_bits:
            return [whole]
        size = g.const(1 << self.low_bits)
        return [g.mod(whole, size), g.floordiv(whole, size)]


def as_it_was(word: Word) -> Held:
    return Held(1, 0, 0, (word,))


def otherwise(random: Random, word: Word) -> Held:
    """Return another way to hold a register."""
    lo, hi = word.range.lo, word.range.hi
    roll = random.random()
    if roll < 0.35 or word.bits < 2:
        return as_it_was(word)
    if roll < 0.6:
        offset = random.randint(-5, 5)
        name = f"{word.name} and {offset}"
        return Held(1, offset, 0, (Word(name, Range(lo + offset, hi + offset), word.init + offset),))
    if roll < 0.8:
        return Held(-1, hi, 0, (Word(f"not {word.name}", Range(0, hi - lo), hi - word.init),))
    low, value = random.randint(1, word.bits - 1), word.init - lo
    parts = (
        Word(f"{word.name} low", Range(0, (1 << low) - 1), value % (1 << low)),
        Word(f"{word.name} high", Range(0, hi - lo >> low), value >> low),
    )
    return Held(1, -lo, low, parts)


class Rewriter:
    """Writes one graph again; each node in its plain way or, by chance, in another one."""

    def __init__(
        self, random: Random, held: Sequence[Held], fields: Sequence[Word], moved: int, odds: float
    ) -> None:
        self.random = random
        self.g = GraphBuilder()
        self.held = held
        self.fields = fields
        self.moved = moved  # how far the words of arrays moved
        self.odds = odds

    def graph(self, graph: Graph, update: bool, plant: Plant) -> list[int]:
        where: list[int] = []
        for place, node in enumerate(graph):
            args = [where[a] for a in node.args]
            made = self._leaf(node) if node.op in LEAVES else self._made(node, args)
            where.append(self.fitted(plant.node(self.g, update, place, node, args, made), node.range))
        return where

    def fitted(self, made: int, values: Range) -> int:
        """Return a word, with a clamp that does nothing where the builder does not see that."""
        return made if values.covers(self.g.range(made)) else self.g.clamp(made, values)

    def _leaf(self, node: Node) -> int:
        if node.op is Op.CONST:
            return self.g.const(node.index)
        if node.op is Op.FIELD:
            return self.g.field(node.index, self.fields[node.index].range)
        if node.index >= len(self.held):  # a word of an array
            return self.g.register(node.index + self.moved, node.range)
        first = sum(len(held.words) for held in self.held[: node.index])
        return self.held[node.index].read(self.g, first)

    def _made(self, node: Node, args: list[int]) -> int:
        if node.op is Op.LOAD:
            first, length = node.load
            return self.g.load(args[0], first + self.moved, length, node.range)
        ways = WAYS.get(node.op)
        if ways and self.random.random() < self.odds:
            made = self.random.choice(ways)(self.g, args, node)
        else:
            made = self.g.apply(node.op, args, node.attr)
        return self._hidden(made) if self.random.random() < self.odds / 4 else made

    def _hidden(self, made: int) -> int:
        """Return a word behind a clamp or a remainder that changes nothing, which the builder cannot see."""
        g, values = self.g, self.g.range(made)
        other = g.sub(g.field(0, self.fields[0].range), g.const(3))
        if self.random.random() < 0.6:
            return g.max(made, g.min(other, g.const(values.lo)))
        return g.min(made, g.max(other, g.const(values.hi)))


def rewritten(
    program: Program, random: Random, *, odds: float, recoded: bool, plant: Plant | None = None
) -> Program:
    """Return the program in other words; every node in another way with these odds."""
    plant = plant or Plant()
    scalars = program.registers[: len(program.next_registers)]
    held = [otherwise(random, word) if recoded else as_it_was(word) for word in scalars]
    words, added = [word for one in held for word in one.words], plant.lock()
    place = len(words)
    words += [added] if added is not None else []
    moved = len(words) - len(scalars)
    update = Rewriter(random, held, program.fields, moved, odds)
    where = update.graph(program.update, True, plant)
    roots = _roots(update, program, where, held)
    if added is not None:
        roots.append(plant.lock_after(update.g, update.g.register(place, added.range)))
    ports = [port for store in program.stores for port in _ports(update, where, store, program, moved)]
    output = Rewriter(random, held, program.fields, moved, odds)
    shown = output.graph(program.output, False, plant)
    lock = None if added is None else output.g.register(place, added.range)
    shown_graph, outputs = output.g.finish(plant.outputs(output.g, [shown[r] for r in program.outputs], lock))
    graph, kept = update.g.finish([*roots, *(node for port in ports for node in port[2:])])
    stores = [Store(*port[:2], *kept[len(roots) + 3 * i :][:3]) for i, port in enumerate(ports)]
    return Program(
        "rewritten", program.fields, (*words, *program.registers[len(scalars) :]), graph, kept[: len(roots)],
        shown_graph, outputs, program.output_names,
        tuple(Array(a.name, a.first + moved, a.length) for a in program.arrays), tuple(stores),
    )  # fmt: skip


def _roots(update: Rewriter, program: Program, where: Sequence[int], held: Sequence[Held]) -> list[int]:
    """Return what the registers become, as they are held."""
    roots: list[int] = []
    for root, one, word in zip(program.next_registers, held, program.registers, strict=False):
        parts = one.written(update.g, update.fitted(where[root], word.range))
        roots += [update.fitted(part, to.range) for part, to in zip(parts, one.words, strict=True)]
    return roots


Port = tuple[int, int, int, int, int]


def _ports(update: Rewriter, where: Sequence[int], store: Store, program: Program, moved: int) -> list[Port]:
    """Return a port as two, of which one writes, in any order."""
    g, values = update.g, program.registers[store.first].range
    enable = update.fitted(where[store.enable], BIT)
    index = update.fitted(where[store.index], Range(0, store.length - 1))
    value = update.fitted(where[store.value], values)
    even = g.eq(g.mod(index, g.const(2)), g.const(0))
    found = [
        (store.first + moved, store.length, g.bit_and(enable, part), index, value)
        for part in (even, g.not_(even))
    ]
    return found if update.random.random() < 0.5 else found[::-1]
