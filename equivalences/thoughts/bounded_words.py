"""The words of a model with bounded thoughts, and their nodes in an expression."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from streamssm.equivalences.thoughts.plan import ThoughtLayout
from streamssm.equivalences.thoughts.scheduling import Schedule
from streamssm.equivalences.thoughts.thought_packing import Item, ThoughtPacking
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Node, Op
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Word
from streamssm.ssm.network import Signal

SHOWN_DEPTH = 3


@dataclass(frozen=True)
class Hold:
    """A hold word, the node that it saves, and the item that sends it (None: a function of the token)."""

    word: Word
    node: int
    item: Item | None


@dataclass(frozen=True)
class Inputs:
    """The slots of x as nodes."""

    g: GraphBuilder
    thought: int
    begin: int
    fields: Sequence[int]
    phase: int
    bits: Sequence[int]

    def at(self, number: int) -> int:
        """Return the condition that this step reads the given thought."""
        return self.g.bit_and(self.thought, self.g.eq(self.phase, self.g.const(number)))


class Words:
    """State words (scalars, hold words, arrays), thought words, and x of a schedule."""

    def __init__(self, plan: ThoughtLayout, schedule: Schedule) -> None:
        self.plan = plan
        self.program = plan.program
        self.schedule = schedule
        self.nodes: Sequence[Node] = plan.g.nodes
        self.holds = tuple(self._holds())

    def _holds(self) -> Iterator[Hold]:
        sent = {item.parts[0].node: item for item in self.schedule.sent}
        taken = {word.name for word in self.program.registers}
        for node in self.schedule.held:
            name = f"hold {self.text(node)}"
            while name in taken:
                name = f"hold {name}"
            taken.add(name)
            range_ = self.nodes[node].range
            yield Hold(Word(name, range_, range_.lo), node, sent.get(node))

    @cached_property
    def state(self) -> tuple[Word, ...]:
        scalars = len(self.program.scalars)
        registers = self.program.registers
        return (*registers[:scalars], *(hold.word for hold in self.holds), *registers[scalars:])

    def row(self, register: int) -> int:
        """Return the index of a register's state word."""
        return register if register < len(self.program.scalars) else register + len(self.holds)

    @cached_property
    def thought(self) -> tuple[Word, ...]:
        phases = Range(0, self.schedule.layout.num_thoughts - 1)
        bits = (Word(f"bit {position}", BIT) for position in range(self.schedule.layout.limb))
        return (Word("phase", phases), *bits)

    @cached_property
    def x(self) -> tuple[Signal, ...]:
        words = (Word("thought", BIT), Word("begin", BIT), *self.program.fields, *self.thought)
        return tuple(Signal(f"x.{word.name}", word.range) for word in words)

    @cached_property
    def h(self) -> tuple[Signal, ...]:
        return tuple(Signal(f"h.{word.name}", word.range) for word in self.state)

    def x_nodes(self, g: GraphBuilder) -> Inputs:
        """Return x as FIELD leaves, numbered as signals."""
        slots = [g.field(position, signal.range) for position, signal in enumerate(self.x)]
        end = 2 + len(self.program.fields)
        return Inputs(g, slots[0], slots[1], slots[2:end], slots[end], slots[end + 1 :])

    def of_token(self, g: GraphBuilder, fields: Sequence[int], node: int) -> int:
        """Return a node that is a function of the token alone."""
        leaf = {position: fields[n.index] for position, n in enumerate(self.nodes) if n.op is Op.FIELD}
        return rebuild(self.nodes, node, g, leaf.get, {})

    def decoded(self, g: GraphBuilder, item: Item, bits: Sequence[int]) -> list[int]:
        """Return the words that an item's bits encode, clamped to their ranges."""
        words, start = [], 0
        for part in item.parts:
            part_bits = enumerate(bits[start : start + part.bits])
            value = g.neuron(
                part.range_.lo, [(1 << exponent, bit) for exponent, bit in part_bits], relu=False
            )
            words.append(g.clamp(value, part.range_))
            start += part.bits
        return words

    def text(self, index: int, depth: int = 0) -> str:
        """Return a short name of a node of the update."""
        node = self.nodes[index]
        if node.op is Op.CONST:
            return str(node.index)
        if node.op is Op.FIELD:
            return self.program.fields[node.index].name
        if node.op is Op.REGISTER:
            return f"old {self.program.registers[node.index].name}"
        if depth == SHOWN_DEPTH:
            return f"#{index}"
        args = [self.text(arg, depth + 1) for arg in node.args]
        if node.op is Op.LOAD:
            array = self.program.array_of(node.load[0])
            return f"old {array.name}[{args[0]}]"
        return f"{node.op.value}({', '.join(args)})"


def describe(words: Words) -> tuple[str, ...]:
    """Return notes on the thoughts: their size, order and hold words."""
    layout, schedule = words.schedule.layout, words.schedule
    order = ", ".join(_item_text(words, item) for item in layout.items if item.target is not None)
    hold_texts = ", ".join(_hold_text(hold) for hold in words.holds) or "none"
    least = (
        "no order of words and arrays needs fewer" if schedule.all_orders else "the least of the orders tried"
    )
    return (
        f"{_thoughts_text(layout)} of {layout.thought_bits} bits per token: "
        f"a limb of {layout.limb} bits and the number of the thought",
        f"order of writes: {order}",
        f"hold words: {hold_texts}; {_bits_text(schedule.hold_bits)}, {least}",
    )


def _thoughts_text(layout: ThoughtPacking) -> str:
    varies = any(item.condition is not None for item in layout.items)
    return (
        f"{'up to ' if varies else ''}{layout.num_thoughts} thought{'' if layout.num_thoughts == 1 else 's'}"
    )


def _item_text(words: Words, item: Item) -> str:
    if item.condition is None:
        return item.name
    return f"{item.name} if {'' if item.sense else 'not '}{words.text(item.condition)}"


def _hold_text(hold: Hold) -> str:
    sent = ", sent first" if hold.item else ""
    return f"{hold.word.name.removeprefix('hold ')} ({_bits_text(hold.word.bits)}{sent})"


def _bits_text(number: int) -> str:
    return f"{number} bit{'' if number == 1 else 's'}"


def rebuild(
    nodes: Sequence[Node],
    root: int,
    g: GraphBuilder,
    known: Callable[[int], int | None],
    memo: dict[int, int],
    shift: Mapping[int, int] | None = None,
) -> int:
    """Return a node rebuilt over known nodes, with every intermediate value clamped to its original range.

    ``memo`` maps nodes to rebuilt ones and is extended; ``shift`` maps the first word of an array to its row.
    """
    missing, waiting = set[int](), [root]
    while waiting:
        index = waiting.pop()
        if index in missing or index in memo:
            continue
        replacement = known(index)
        if replacement is not None:
            memo[index] = replacement
        else:
            missing.add(index)
            waiting.extend(nodes[index].args)
    for index in sorted(missing):
        memo[index] = _rebuild_node(nodes[index], [memo[arg] for arg in nodes[index].args], g, shift or {})
    return memo[root]


def _rebuild_node(node: Node, args: Sequence[int], g: GraphBuilder, shift: Mapping[int, int]) -> int:
    if node.op is Op.CONST:
        return g.const(node.index)
    if node.op is Op.LOAD:
        first, length = node.load
        return g.load(args[0], shift[first], length, node.range)
    rebuilt = g.apply(node.op, args, node.attr)
    return rebuilt if node.range.covers(g.range(rebuilt)) else g.clamp(rebuilt, node.range)
