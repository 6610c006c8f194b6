"""Lowering: a network's weights compute the graph's function, gadgets keep their claims, sizes stay small."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence

import pytest

from streamssm.errors import ParameterError
from streamssm.ir import semantics
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Graph, Op
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.lowering import NetBuilder, lower
from streamssm.ssm.network import ReluNet, Signal
from streamssm.ssm.range_analysis import analyze
from tests.unit.ir.graphs import RandomGraph

Build = Callable[[GraphBuilder, int, int], int]


def _lowered(
    g: GraphBuilder, roots: Sequence[int], registers: Sequence[Range], fields: Sequence[Range] = ()
) -> tuple[Graph, tuple[int, ...], ReluNet]:
    graph, nodes = g.finish(roots)
    words = (*registers, *fields)
    net = NetBuilder(Signal(f"s{i}", outputs) for i, outputs in enumerate(words))
    forms = [net.form(signal) for signal in range(len(words))]
    leaves = {Op.REGISTER: forms[: len(registers)], Op.FIELD: forms[len(registers) :]}
    names = [f"y{i}" for i in range(len(roots))]
    outputs = lower(net, graph, list(zip(names, nodes, strict=True)), leaves)
    return graph, nodes, net.finish(zip(names, outputs, strict=True))


def _require_claims(graph: Graph, roots: Sequence[int], net: ReluNet) -> None:
    analysis = analyze(net)
    assert all(analysis.holds)
    for (_, signal), root in zip(net.outputs, roots, strict=True):
        assert graph[root].range.covers(analysis.ranges[signal])


def _require_equal(build: Build, a: Range, b: Range, points: Iterator[tuple[int, int]]) -> ReluNet:
    g = GraphBuilder()
    built = build(g, g.register(0, a), g.register(1, b))
    graph, (root,), net = _lowered(g, [built], (a, b))
    _require_claims(graph, [root], net)
    for point in points:
        expected = semantics.evaluate(graph.nodes, point, ())[root]
        assert net.evaluate(point) == (expected,), (a, b, point)
    return net


def _all(a: Range, b: Range) -> Iterator[tuple[int, int]]:
    return itertools.product(range(a.lo, a.hi + 1), range(b.lo, b.hi + 1))


def _some(a: Range, b: Range, seed: int = 0) -> Iterator[tuple[int, int]]:
    draw = random.Random(seed)
    for _ in range(80):
        yield tuple(draw.choice((r.lo, r.hi, draw.randint(r.lo, r.hi))) for r in (a, b))  # type: ignore[misc]


def _applied(op: Op) -> Build:
    return lambda g, x, y: g.apply(op, (x, y))


def _applied_to(op: Op, constant: int) -> Build:
    return lambda g, x, y: g.apply(op, (x, g.const(constant)))


BINARY = (Op.ADD, Op.SUB, Op.MUL, Op.MIN, Op.MAX, Op.EQ, Op.NE, Op.LT, Op.LE, Op.AND, Op.OR, Op.XOR)
OPERATIONS: dict[str, Build] = {
    **{op.value: _applied(op) for op in BINARY},
    "abs": lambda g, x, y: g.abs(g.sub(x, y)),
    "neuron": lambda g, x, y: g.neuron(-2, [(3, x), (-1, y)], relu=True),
    "select": lambda g, x, y: g.select(g.lt(x, y), x, y),
    "select shared": lambda g, x, y: g.select(g.lt(x, y), g.add(x, y), x),
    "select less": lambda g, x, y: g.select(g.lt(x, y), x, g.sub(x, y)),
    "select constant": lambda g, x, y: g.select(g.eq(x, y), g.const(3), y),
    "select step": lambda g, x, y: g.select(g.le(x, y), g.add(y, g.const(5)), y),
    "not": lambda g, x, y: g.bit_and(g.not_(g.lt(x, y)), g.not_(g.bit_or(g.eq(x, g.const(1)), g.lt(y, x)))),
    "xor of conditions": lambda g, x, y: g.bit_xor(g.lt(x, y), g.not_(g.lt(y, g.const(2)))),
    "compare multiples": lambda g, x, y: g.le(g.mul(g.const(3), x), g.add(g.mul(g.const(6), y), g.const(4))),
}
SMALL = (Range(0, 6), Range(-5, 4), Range(3, 9), Range(-9, -7), BIT)


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations_on_every_small_input(name):
    for a, b in itertools.product(SMALL, SMALL):
        _require_equal(OPERATIONS[name], a, b, _all(a, b))


@pytest.mark.parametrize("k", [1, 2, 3, 4, 6, 7, 8, 10, 40, -1, -3, -8])
@pytest.mark.parametrize("op", [Op.FLOORDIV, Op.MOD])
def test_division_by_constants(op, k):
    for a in (*SMALL, Range(-37, 50), Range(100, 130)):
        _require_equal(_applied_to(op, k), a, BIT, _all(a, BIT))


@pytest.mark.parametrize("op", [Op.FLOORDIV, Op.MOD])
def test_division_by_words(op):
    for a, b in itertools.product((*SMALL, Range(-30, 41)), (Range(1, 5), Range(3, 9), Range(-4, -1))):
        _require_equal(_applied(op), a, b, _all(a, b))


@pytest.mark.parametrize("op", [Op.SHL, Op.SHR])
def test_shifts_by_words_and_constants(op):
    for a, b in itertools.product((*SMALL, Range(-30, 41)), (Range(0, 1), Range(0, 6), Range(2, 3))):
        _require_equal(_applied(op), a, b, _all(a, b))
    a = Range(-20, 20)
    for k in range(6):
        _require_equal(_applied_to(op, k), a, BIT, _all(a, BIT))


@pytest.mark.parametrize("mask", [0, 1, 3, 5, 7, 12, -1, -4, -6])
@pytest.mark.parametrize("op", [Op.AND, Op.OR, Op.XOR])
def test_masks(op, mask):
    for a in (Range(0, 21), Range(-12, 9), Range(5, 6)):
        _require_equal(_applied_to(op, mask), a, BIT, _all(a, BIT))


def test_tables():
    values = (5, 5, -3, 0, 10, 10, 10, 2, 9, 1)
    for a in (Range(2, 9), Range(0, 9), Range(4, 6)):
        _require_equal(lambda g, x, y: g.table(x, values), a, BIT, _all(a, BIT))


@pytest.mark.parametrize(
    ("op", "a", "b"),
    [
        (Op.MUL, Range(-(2**30), 2**30), Range(-(2**12), 2**12)),
        (Op.FLOORDIV, Range(-(2**40), 2**40), Range(1, 2**20)),
        (Op.MOD, Range(-(2**40), 2**40), Range(-(2**20), -3)),
        (Op.SHR, Range(-(2**30), 2**30), Range(0, 40)),
        (Op.SHL, Range(-(2**9), 2**9), Range(0, 40)),
        (Op.XOR, Range(-(2**30), 2**30), Range(0, 2**20)),
        (Op.MAX, Range(-(2**59), 2**59), Range(0, 2**60 - 1)),
        (Op.EQ, Range(0, 2**60 - 1), Range(0, 2**60 - 1)),
    ],
)
def test_wide_words(op, a, b):
    _require_equal(_applied(op), a, b, _some(a, b))


def test_a_select_between_words_of_60_bits():
    g, wide = GraphBuilder(), Range(0, 2**60 - 1)
    root = g.select(g.field(0, BIT), g.register(0, wide), g.register(1, wide))
    _, _, net = _lowered(g, [root], (wide, wide), (BIT,))
    assert [net.evaluate([wide.hi, 0, b]) for b in (0, 1)] == [(0,), (wide.hi,)]


@pytest.mark.parametrize("seed", range(150))
def test_random_graphs(seed):
    random_graph = RandomGraph(seed)
    graph, roots, net = _lowered(
        random_graph.g,
        random_graph.words + random_graph.conditions,
        random_graph.registers,
        random_graph.fields,
    )
    _require_claims(graph, roots, net)
    for registers, fields in random_graph.points():
        values = semantics.evaluate(graph.nodes, registers, fields)
        assert net.evaluate([*registers, *fields]) == tuple(values[root] for root in roots)


@pytest.mark.parametrize("n", [2, 1024, 1 << 20, 1 << 60])
def test_composition_is_small_at_any_n(n):
    g, word = GraphBuilder(), Range(0, n - 1)
    value, image = g.register(0, word), g.register(1, word)
    key, new, last = g.field(0, word), g.field(1, word), g.field(2, BIT)
    image = g.select(g.eq(key, value), new, image)
    _, _, net = _lowered(g, [g.select(last, image, value), image], (word, word), (word, word, BIT))
    assert (net.num_relus, net.num_nonzeros) == ((5, 21) if n > 2 else (3, 17))


def _xorshift(bits: int) -> ReluNet:
    g, word = GraphBuilder(), Range(0, (1 << bits) - 1)
    x, mask = g.register(0, word), g.const(word.hi)
    x = g.bit_xor(x, g.bit_and(g.shl(x, g.const(7)), mask))
    x = g.bit_xor(x, g.shr(x, g.const(9)))
    x = g.bit_xor(x, g.bit_and(g.shl(x, g.const(8)), mask))
    graph, (root,), net = _lowered(g, [x], (word,))
    _require_claims(graph, [root], net)
    for value in (0, 1, word.hi, *range(3, word.hi, word.hi // 200)):
        assert net.evaluate([value])[0] == semantics.evaluate(graph.nodes, [value], ())[root]
    return net


def test_xorshift_stays_in_bits():
    net = _xorshift(16)
    assert (net.num_relus, net.num_nonzeros) == (54, 226)


def test_division_by_a_constant_takes_a_few_relus_per_digit():
    word = Range(0, 2**20 - 1)
    net = _require_equal(lambda g, x, y: g.mod(x, g.const(1000)), word, BIT, _some(word, BIT))
    assert (net.num_relus, net.num_nonzeros) == (22, 66)


def test_a_counter_that_wraps_takes_one_comparison():
    word = Range(0, 999)
    net = _require_equal(lambda g, x, y: g.mod(g.add(x, y), g.const(1000)), word, BIT, _some(word, BIT))
    assert net.num_relus == 1


def test_a_value_past_62_bits_is_refused_by_the_gadgets_name():
    g, wide = GraphBuilder(), Range(-(2**60), 2**60)
    twice = g.neuron(0, [(2, g.field(0, wide))], relu=True)
    root = g.eq(g.sub(g.register(0, wide), g.register(1, wide)), twice)
    with pytest.raises(ParameterError, match=r"a value inside gadget 'y0' \(\w+\) must stay below 2\^62"):
        _lowered(g, [root], (wide, wide), (wide,))


def test_gadgets_that_no_output_needs_are_left_out():
    net = NetBuilder([Signal("x", Range(0, 9))])
    net.emit("ge", (5, 1), (0,))
    needed = net.emit("ge", (3, 1), (0,))
    network = net.finish([("y", net.value(needed))])
    assert [gadget.params for gadget in network.gadgets] == [(3, 1)]
