"""Lowering: code run by the kernel and by its twin gives what the graph means, in one stream and in lanes."""

from __future__ import annotations

import numpy as np
import pytest

from streamssm.errors import PrecisionError
from streamssm.ir import semantics
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word
from streamssm.runtime.bytecode import COPY, lower
from streamssm.runtime.stream import Lanes, Stream
from streamssm.runtime.transducer import Transducer
from tests.unit.ir.graphs import RandomGraph


def random_transducer(seed: int) -> tuple[Transducer, RandomGraph]:
    made = RandomGraph(seed, size=20)
    g, pick = made.g, made.random
    after = [g.clamp(pick.choice(made.words), r) for r in made.registers]
    if pick.random() < 0.3 and made.registers[0].covers(made.registers[1]):
        after[0] = made.words[1]  # a register that takes another's old value
    outputs = [pick.choice(made.words) for _ in range(pick.randrange(4))]
    graph, roots = g.finish([*after, *outputs])
    state = tuple(Word(f"r{i}", r, r.lo) for i, r in enumerate(made.registers))
    fields = tuple(Word(f"f{i}", r, r.lo) for i, r in enumerate(made.fields))
    transducer = Transducer(
        name="random",
        fields=fields,
        state=state,
        step=graph,
        next_state=roots[:2],
        outputs=roots[2:],
    )
    return transducer, made


def meaning(transducer: Transducer, tokens, state):
    outputs = []
    for token in tokens:
        values = semantics.evaluate(transducer.step.nodes, state, token)
        state = tuple(values[root] for root in transducer.next_state)
        outputs.append([values[root] for root in transducer.outputs])
    return np.array(outputs, dtype=np.int64).reshape(len(tokens), len(transducer.outputs)), state


def random_tokens(made: RandomGraph, count: int):
    return [tuple(made.random.randint(r.lo, r.hi) for r in made.fields) for _ in range(count)]


@pytest.mark.parametrize("backend", ["kernel", "reference"])
@pytest.mark.parametrize("seed", range(60))
def test_a_stream_gives_what_the_graph_means(seed, backend):
    transducer, made = random_transducer(seed)
    tokens = random_tokens(made, 70)
    expected, last = meaning(transducer, tokens, transducer.initial)
    stream = Stream(transducer, backend=backend)
    chunks = [stream.feed(tokens[:1]), stream.feed(tokens[1:30]), stream.feed(tokens[30:])]
    assert np.array_equal(np.concatenate(chunks), expected)
    assert stream.state == last and stream.position == 70


@pytest.mark.parametrize("backend", ["kernel", "reference"])
@pytest.mark.parametrize("seed", range(60))
def test_lanes_give_what_streams_give(seed, backend):
    transducer, made = random_transducer(seed)
    streams = [random_tokens(made, 9) for _ in range(5)]
    lanes = Lanes(transducer, 5, backend=backend)
    outputs = lanes.feed(np.array(streams).transpose(1, 0, 2))
    for lane, tokens in enumerate(streams):
        expected, last = meaning(transducer, tokens, transducer.initial)
        assert np.array_equal(outputs[:, lane], expected)
        assert tuple(lanes.state[:, lane]) == last


def swap() -> Transducer:
    g = GraphBuilder()
    values = Range(0, 9)
    a, b = g.register(0, values), g.register(1, values)
    graph, roots = g.finish([b, a, a])
    state = (Word("a", values, 1), Word("b", values, 2))
    return Transducer("swap", (), state, graph, roots[:2], roots[2:])


def test_a_swap_is_copied_before_it_is_overwritten():
    code = lower(swap())
    assert [row[0] for row in code.instructions] == [COPY, COPY]
    stream = Stream(swap())
    assert stream.feed(np.empty((3, 0), dtype=np.int64)).tolist() == [[1], [2], [1]]
    assert stream.state == (2, 1)


def test_an_update_in_place_needs_no_copy():
    g = GraphBuilder()
    byte = Range(0, 255)
    x = g.register(0, byte)
    graph, roots = g.finish([g.min(g.add(x, g.const(1)), g.const(255))])
    code = lower(Transducer("counter", (), (Word("x", byte),), graph, roots, roots))
    assert code.next_slots.tolist() == [0] and code.output_slots.tolist() == [0]


@pytest.mark.parametrize(("hi", "bits"), [(2**31 - 1, 32), (2**31, 64)])
def test_lanes_are_32_bits_wide_only_where_ranges_prove_it(hi, bits):
    g = GraphBuilder()
    values = Range(0, hi)
    x = g.register(0, values)
    graph, roots = g.finish([x])
    assert lower(Transducer("x", (), (Word("x", values),), graph, roots, roots)).word_bits == bits


def test_partial_sums_of_a_neuron_count_towards_its_width():
    g = GraphBuilder()
    values = Range(0, 2**20)
    x, y = g.register(0, values), g.register(1, values)
    difference = g.neuron(0, [(2**11, x), (-(2**11), y)], relu=False)
    graph, roots = g.finish([x, y, g.mod(difference, g.const(7))])
    words = (Word("x", values), Word("y", values))
    assert lower(Transducer("d", (), words, graph, roots[:2], roots[2:])).word_bits == 64


def test_an_error_stops_the_stream_and_keeps_the_state():
    g = GraphBuilder()
    values = Range(0, 3)
    x = g.register(0, values)
    following = g.add(x, g.const(1))
    graph, roots = g.finish([following, x, g.lt(g.const(3), following)])
    transducer = Transducer("x", (), (Word("x", values),), graph, roots[:1], roots[1:2], error=roots[2])
    stream = Stream(transducer)
    with pytest.raises(PrecisionError, match="at token 3"):
        stream.feed(np.empty((9, 0), dtype=np.int64))
    assert stream.state == (3,) and stream.position == 3
