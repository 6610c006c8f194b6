"""Arrays: loads, stores in order, stores that meet, words read after them; every backend, every state."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from streamssm.errors import ParameterError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Store
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Array, Word
from streamssm.program import load_program, save_program
from streamssm.program.program import Program
from streamssm.runtime.stream import Lanes, Stream

VALUES, PLACES = Range(0, 2), Range(0, 2)
FIELDS = (Word("i", PLACES), Word("j", PLACES), Word("v", VALUES), Word("on", BIT))
WORDS = (Word("last", VALUES), *(Word(f"a[{k}]", VALUES) for k in range(3)))
ARRAYS = (Array("a", 1, 3),)


def program(ports, scalar=None) -> Program:
    """An array of three words; ``ports`` and ``scalar`` make nodes from the builder and its leaves."""
    g = GraphBuilder()
    i, j, v, on = (g.field(k, word.range) for k, word in enumerate(FIELDS))
    last = g.register(0, VALUES)
    made = ports(g, i, j, v, on)
    after = last if scalar is None else scalar(g, i)
    update, roots = g.finish([after, *(node for port in made for node in port)])
    stores = tuple(Store(1, 3, *roots[1 + 3 * k : 4 + 3 * k]) for k in range(len(made)))
    h = GraphBuilder()
    read = [h.register(0, VALUES), h.register(2, VALUES), h.load(h.field(1, PLACES), 1, 3, VALUES)]
    output, outputs = h.finish(read)
    return Program(
        name="array",
        fields=FIELDS,
        registers=WORDS,
        update=update,
        next_registers=roots[:1],
        output=output,
        outputs=outputs,
        output_names=("last", "middle", "read"),
        arrays=ARRAYS,
        stores=stores,
    )


def load(g, index):
    return g.load(index, 1, 3, VALUES)


CASES = {
    "one port": program(lambda g, i, j, v, on: [(on, i, v)]),
    "two ports that may meet": program(
        lambda g, i, j, v, on: [(g.const(1), i, v), (on, j, g.sub(g.const(2), v))]
    ),
    "a swap": program(lambda g, i, j, v, on: [(g.const(1), i, load(g, j)), (g.const(1), j, load(g, i))]),
    "a swap of fixed words": program(
        lambda g, i, j, v, on: [
            (g.const(1), g.const(0), g.register(2, VALUES)),
            (on, g.const(1), g.register(1, VALUES)),
        ]
    ),
    "a scalar takes an old word": program(
        lambda g, i, j, v, on: [(on, g.const(0), v)], lambda g, i: g.register(1, VALUES)
    ),
    "a scalar takes a loaded word": program(lambda g, i, j, v, on: [(on, j, v)], load),
}


def meaning(name, words, token):
    """What each case should do, written without the package."""
    last, a = words[0], list(words[1:])
    old = a.copy()
    i, j, v, on = token
    if name == "one port" and on:
        a[i] = v
    elif name == "two ports that may meet":
        a[i] = v
        if on:
            a[j] = 2 - v
    elif name == "a swap":
        a[i], a[j] = old[j], old[i]
    elif name == "a swap of fixed words":
        a[0] = old[1]
        if on:
            a[1] = old[0]
    elif name == "a scalar takes an old word":
        last = old[0]
        if on:
            a[0] = v
    elif name == "a scalar takes a loaded word":
        last = old[i]
        if on:
            a[j] = v
    return (last, *a), (last, a[1], a[j])


ALL_STATES = list(itertools.product(range(3), repeat=4))
ALL_TOKENS = list(itertools.product(range(3), range(3), range(3), range(2)))


@pytest.mark.parametrize("name", CASES)
def test_step_does_what_it_means(name):
    for state, token in itertools.product(ALL_STATES, ALL_TOKENS):
        assert CASES[name].step(state, token) == meaning(name, state, token)


@pytest.mark.parametrize("backend", ["kernel", "reference"])
@pytest.mark.parametrize("name", CASES)
def test_streams_equal_steps(name, backend):
    for state in ALL_STATES[::7]:
        stream, now = Stream(CASES[name].transducer(), state=state, backend=backend), state
        outputs = stream.feed(ALL_TOKENS)
        for token, given in zip(ALL_TOKENS, outputs.tolist(), strict=True):
            now, expected = meaning(name, now, token)
            assert tuple(given) == expected
        assert stream.state == now


@pytest.mark.parametrize("name", CASES)
def test_lanes_equal_steps(name):
    pairs = list(itertools.product(ALL_STATES, ALL_TOKENS))
    lanes = Lanes(CASES[name].transducer(), len(pairs))
    lanes.state = np.array([state for state, _ in pairs], dtype=np.int64).T.copy()
    outputs = lanes.feed(np.array([[token for _, token in pairs]]))
    expected = [meaning(name, state, token) for state, token in pairs]
    assert lanes.state.T.tolist() == [list(after) for after, _ in expected]
    assert outputs[0].tolist() == [list(out) for _, out in expected]


@pytest.mark.parametrize("name", CASES)
def test_files_keep_arrays(name):
    assert load_program.from_dict(save_program.to_dict(CASES[name])) == CASES[name]


def test_arrays_must_tile_the_registers_behind_the_scalars():
    case = CASES["one port"]
    for arrays in ((), (Array("a", 0, 3),), (Array("a", 1, 2),), (Array("a", 1, 3), Array("b", 4, 1))):
        with pytest.raises(ParameterError):
            dataclasses.replace(case, arrays=arrays)
    with pytest.raises(ParameterError, match="must have words of one range"):
        dataclasses.replace(case, registers=(*WORDS[:3], Word("a[2]", BIT)))


def test_an_index_outside_the_array_is_refused():
    g = GraphBuilder()
    with pytest.raises(ParameterError, match=r"an array index must lie in \[0, 2\], not in \[0, 3\]"):
        g.load(g.field(0, Range(0, 3)), 1, 3, VALUES)
    store = CASES["one port"].stores[0]
    with pytest.raises(ParameterError, match="a store must write an array"):
        dataclasses.replace(CASES["one port"], stores=(dataclasses.replace(store, first=0),))
