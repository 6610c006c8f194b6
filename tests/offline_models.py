"""Models with offline thoughts by hand, and the same as plain Python.

Each reads numbers, keeps their sum modulo 16 (or modulo another power of two), and works the answer out in
thoughts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from streamssm.frontends.algorithm import Algorithm
from streamssm.ir import words
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Op
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Word
from streamssm.ssm.formats import NumberFormat, Overflow
from streamssm.ssm.lowering import NetBuilder, lower
from streamssm.ssm.model import SSM, Layer, StateWord, ThoughtMode, Thoughts, TransitionKind
from streamssm.ssm.network import ReluNet, Signal

Roots = list[tuple[str, int]]
MOST_STEPS = 19  # of 9: 28, 14, 7, 22, 11, 34, 17, 52, 26, 13, 40, 20, 10, 5, 16, 8, 4, 2, 1


def _net(inputs: Sequence[Signal], build: Callable[[GraphBuilder, list[int]], Roots]) -> ReluNet:
    """Return an expression over the inputs as a network."""
    g = GraphBuilder()
    roots = build(g, [g.field(place, signal.range) for place, signal in enumerate(inputs)])
    graph, placed = g.finish([node for _, node in roots])
    names = [name for name, _ in roots]
    net = NetBuilder(inputs)
    forms = {Op.FIELD: [net.form(signal) for signal in range(len(inputs))]}
    lowered = lower(net, graph, list(zip(names, placed, strict=True)), forms)
    return net.finish(zip(names, lowered, strict=True))


def _model(
    name: str,
    top: int,
    thoughts: Thoughts,
    gates: Callable[[GraphBuilder, list[int]], Roots],
    readout: Callable[[GraphBuilder, list[int]], Roots],
    init: int = 0,
) -> SSM:
    """Return a model of one word that wraps; a token is a number to add."""
    number = words.field("add", Range(0, top))
    slots = (Word("thought", BIT), Word("begin", BIT), number, *thoughts.words)
    x = tuple(Signal(word.name, word.range) for word in slots)
    value = StateWord("value", NumberFormat(Range(0, top), overflow=Overflow.WRAP), init)
    made = Layer(
        (value,), TransitionKind.ZERO_ONE, _net(x, gates), _net((Signal("value", value.range), *x), readout)
    )
    return SSM(name, (number,), (made,), ("answer",), thoughts)


def collatz(*, most: int = MOST_STEPS, init: int = 0) -> SSM:
    """Return a model that keeps the sum, and thinks n -> n/2 or 3n+1 until 1: the answer is how often."""
    carried = (words.field("number", Range(0, 160)), words.field("count", Range(0, MOST_STEPS)))

    def gates(g: GraphBuilder, x: list[int]) -> Roots:
        return [("A[value]", g.const(1)), ("B[value]", g.select(x[0], g.const(0), x[2]))]

    def readout(g: GraphBuilder, hx: list[int]) -> Roots:
        value, thought, _, _, number, count = hx
        now, so_far = g.select(thought, number, value), g.select(thought, count, g.const(0))
        half = g.shr(now, g.const(1))
        larger = g.add(g.neuron(0, [(3, now)], relu=False), g.const(1))
        following = g.select(g.bit_and(now, g.const(1)), larger, half)
        return [
            ("ready", g.le(now, g.const(1))),
            ("number", following),
            ("count", g.add(so_far, g.const(1))),
            ("answer", so_far),
        ]

    return _model("collatz", 15, Thoughts(ThoughtMode.OFFLINE, carried, most), gates, readout, init)


def popcount(*, bits: int = 4, most: int | None = None, init: int = 0) -> SSM:
    """Return a model that counts the ones of its word by shifting them out: thoughts overwrite the state."""
    carried = (words.field("rest", Range(0, (1 << bits) // 2 - 1)), words.field("count", Range(0, bits)))

    def gates(g: GraphBuilder, x: list[int]) -> Roots:
        return [("A[value]", g.not_(x[0])), ("B[value]", g.select(x[0], x[3], x[2]))]

    def readout(g: GraphBuilder, hx: list[int]) -> Roots:
        value, thought, count = hx[0], hx[1], hx[5]
        so_far = g.select(thought, count, g.const(0))
        more = g.min(g.add(so_far, g.bit_and(value, g.const(1))), g.const(bits))
        return [
            ("ready", g.eq(value, g.const(0))),
            ("rest", g.shr(value, g.const(1))),
            ("count", more),
            ("answer", so_far),
        ]

    thoughts = Thoughts(ThoughtMode.OFFLINE, carried, bits if most is None else most)
    return _model("popcount", (1 << bits) - 1, thoughts, gates, readout, init)


def countdown(bits: int) -> SSM:
    """Return a model that counts its word down to 0 in thoughts: as many as the word says."""
    top = (1 << bits) - 1
    carried = (words.field("count", Range(0, top)),)

    def gates(g: GraphBuilder, x: list[int]) -> Roots:
        return [("A[value]", g.const(1)), ("B[value]", g.select(x[0], g.const(-1), x[2]))]

    def readout(g: GraphBuilder, hx: list[int]) -> Roots:
        so_far = g.select(hx[1], hx[4], g.const(0))
        more = g.min(g.add(so_far, g.const(1)), g.const(top))
        return [("ready", g.eq(hx[0], g.const(0))), ("count", more), ("answer", so_far)]

    return _model("countdown", top, Thoughts(ThoughtMode.OFFLINE, carried, top), gates, readout)


def collatz_steps(number: int) -> int:
    steps = 0
    while number > 1:
        number, steps = 3 * number + 1 if number % 2 else number // 2, steps + 1
    return steps


class Summed(Algorithm):
    """The sum modulo 16, and what a table says of it."""

    def __init__(self, table: tuple[int, ...], init: int = 0) -> None:
        self.table = table
        self.tokens(add=16)
        self.value = self.register(16, init=init)

    def update(self, add: int) -> None:
        self.value = (self.value + add) % 16

    def output(self) -> int:
        return self.table[self.value]


STEPS = tuple(map(collatz_steps, range(16)))
ONES = tuple(value.bit_count() for value in range(16))
