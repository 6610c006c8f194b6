"""Every kind of gadget: its weights and its meaning are one function, and a changed weight is noticed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamssm.errors import ParameterError
from streamssm.ir import semantics
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.gadgets import KINDS, holds, make_gadget, meaning, weights
from streamssm.ssm.network import Gadget, Neuron

SMALL = (Range(0, 4), Range(-3, 2), Range(2, 5), Range(-4, -2), BIT)

# kind, parameters, which inputs are conditions
SHAPES: list[tuple[str, tuple[int, ...], tuple[bool, ...]]] = [
    ("linear", (7,), ()),
    ("linear", (-2, 3), (False,)),
    ("linear", (1, -1, 2), (False, False)),
    ("linear", (0, 1, -2, 5), (False, False, True)),
    *(("add_const_if", (k, sense), (True, False)) for k in (-3, 0, 4) for sense in (0, 1)),
    *(("add_if", (k, sense), (True, False, False)) for k in (-2, 1) for sense in (0, 1)),
    *((kind, (k, 1), (False,)) for kind in ("ge", "eq", "ne") for k in range(-5, 7)),
    *((kind, (k, -2), (False,)) for kind in ("ge", "eq", "ne") for k in (-3, 0, 4)),
    *((kind, (k, 1, -1), (False, False)) for kind in ("ge", "eq", "ne") for k in (-2, 0, 1)),
    *((kind, (senses), (True,) * len(senses)) for kind in ("and", "or")
      for senses in ((1, 1), (1, 0), (0, 0), (1, 0, 1), (1,), ())),
    ("xor", (), (True, True)),
    *((kind, (), (False, False)) for kind in ("max", "min")),
    *((kind, (k,), (False,)) for kind in ("max", "min") for k in (-9, -1, 0, 3, 9)),
    ("select", (), (True, False, False)),
    *(("select_const", (k, sense), (True, False)) for k in (-6, 0, 1, 9) for sense in (0, 1)),
    ("table", (-4, 5, 5, 0, -7, 1, 1, 1, 2, 3, 9), (False,)),
    ("table", (-4, *range(0, 30, 3)), (False,)),
]  # fmt: skip


def _gadgets() -> Iterator[Gadget]:
    for kind, params, conditions in SHAPES:
        for ranges in itertools.product(*((BIT,) if condition else SMALL for condition in conditions)):
            yield make_gadget(kind, params, tuple(range(len(ranges))), ranges)
    yield from _gathers()


def _gathers() -> Iterator[Gadget]:
    """Gathers whose index reaches all words, or only some."""
    for first in (-1, 0, 2):
        for words in [*itertools.product(SMALL, repeat=2), (BIT, BIT, BIT, Range(-2, 0)), (Range(1, 4),)]:
            for lo, hi in {(0, len(words) - 1), (0, 0), (len(words) - 1, len(words) - 1)}:
                ranges = (*words, Range(first + lo, first + hi))
                yield make_gadget("gather", (first,), tuple(range(len(ranges))), ranges)


OF_KIND = {kind: [gadget for gadget in _gadgets() if gadget.kind == kind] for kind in KINDS}


def _points(ranges: Sequence[Range]) -> Iterator[tuple[int, ...]]:
    return itertools.product(*(range(r.lo, r.hi + 1) for r in ranges))


def _meant(gadget: Gadget, ranges: Sequence[Range]) -> tuple[GraphBuilder, int]:
    g = GraphBuilder()
    return g, meaning(g, gadget, [g.field(i, r) for i, r in enumerate(ranges)])


def test_every_kind_is_among_the_shapes():
    assert all(OF_KIND[kind] for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_equal_meaning_on_every_input(kind):
    for gadget in OF_KIND[kind]:
        g, node = _meant(gadget, gadget.input_ranges)
        for point in _points(gadget.input_ranges):
            expected = semantics.evaluate(g.nodes, (), point)[node]
            assert gadget(point) == expected, (gadget, point)
            assert g.range(node).holds(expected)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_as_nodes_equal_the_gadget(kind):
    for gadget in OF_KIND[kind][::5]:
        g = GraphBuilder()
        node = weights(g, gadget, [g.field(i, r) for i, r in enumerate(gadget.input_ranges)])
        for point in _points(gadget.input_ranges):
            assert semantics.evaluate(g.nodes, (), point)[node] == gadget(point)


def _changed(gadget: Gadget) -> Iterator[Gadget]:
    """Every gadget with one weight or bias one larger or smaller."""
    for index, neuron in enumerate(gadget.neurons):
        for other in _changed_neurons(neuron):
            neurons = [*gadget.neurons[:index], other, *gadget.neurons[index + 1 :]]
            yield replace(gadget, hidden=tuple(neurons[:-1]), output=neurons[-1])


def _changed_neurons(neuron: Neuron) -> Iterator[Neuron]:
    for step in (-1, 1):
        yield replace(neuron, bias=neuron.bias + step)
        for number, (weight, index) in enumerate(neuron.terms):
            terms = [*neuron.terms[:number], (weight + step, index), *neuron.terms[number + 1 :]]
            yield replace(neuron, terms=tuple(terms))


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_weight_ends_the_claim(kind):
    for gadget in OF_KIND[kind][::3]:
        assert holds(gadget, gadget.input_ranges)
        assert not any(holds(other, gadget.input_ranges) for other in _changed(gadget))


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"linear"}))
def test_a_wider_input_ends_the_claim_and_a_narrower_one_does_not(kind):
    gadget = next(gadget for gadget in OF_KIND[kind] if gadget.inputs)
    for index, range_ in enumerate(gadget.input_ranges):
        ranges = list(gadget.input_ranges)
        ranges[index] = Range(range_.hi, range_.hi)
        assert holds(gadget, ranges)
        ranges[index] = Range(range_.lo, range_.hi + 1)
        assert not holds(gadget, ranges)


@pytest.mark.parametrize(
    "gadget",
    [
        Gadget("magic", (), (), (), (), Neuron(0)),
        Gadget("select", (), (0,), (BIT,), (), Neuron(0, ((1, 0),))),
        Gadget("select", (1,), (0, 1, 2), (BIT, BIT, BIT), (), Neuron(0)),
        Gadget("xor", (), (0, 1), (BIT, Range(0, 2)), (), Neuron(0, ((1, 0), (1, 1)))),
        Gadget("add_const_if", (3, 2), (0, 1), (BIT, BIT), (), Neuron(0, ((3, 0), (1, 1)))),
        Gadget("table", (), (0,), (BIT,), (), Neuron(0)),
        Gadget("table", (0, 5), (0,), (BIT,), (), Neuron(5)),
        Gadget("max", (1, 2, 3), (), (), (), Neuron(0)),
        Gadget("ge", (), (), (), (), Neuron(0)),
    ],
)
def test_a_gadget_that_is_none_of_its_kind_claims_nothing(gadget):
    assert not holds(gadget, gadget.input_ranges)


def test_relus_and_weights_per_kind():
    word = Range(0, 1023)
    counts = {}
    for kind, params, ranges in [
        ("ge", (5, 1), (word,)),
        ("eq", (5, 1), (word,)),
        ("eq", (0, 1, -1), (word, word)),
        ("eq", (0, 1), (word,)),
        ("and", (1, 1), (BIT, BIT)),
        ("or", (1, 1), (BIT, BIT)),
        ("xor", (), (BIT, BIT)),
        ("max", (), (word, word)),
        ("select", (), (BIT, word, word)),
        ("select_const", (0, 1), (BIT, word)),
        ("add_const_if", (1, 1), (BIT, word)),
        ("add_if", (1, 1), (BIT, word, word)),
        ("table", (0, *(x * x for x in range(1024))), (word,)),
    ]:
        gadget = make_gadget(kind, params, tuple(range(len(ranges))), ranges)
        counts[kind, len(params), params[:1]] = (len(gadget.hidden), gadget.num_nonzeros)
    assert list(counts.values()) == [
        (2, 4), (3, 6), (3, 9), (1, 3), (1, 3), (1, 3), (1, 5),
        (1, 4), (1, 6), (1, 3), (0, 2), (1, 4), (1022, 2045),
    ]  # fmt: skip


_wide = st.integers(-(2**59), 2**59).flatmap(
    lambda lo: st.integers(0, 2**59).map(lambda size: Range(lo, lo + size))
)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"table", "linear", "gather"}))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_weights_equal_meaning_on_wide_ranges(kind, data):
    _, params, conditions = data.draw(st.sampled_from([shape for shape in SHAPES if shape[0] == kind]))
    ranges = [BIT if condition else data.draw(_wide) for condition in conditions]
    if params and kind in ("ge", "eq", "ne", "max", "min", "select_const"):
        params = (data.draw(st.integers(-(2**60), 2**60)), *params[1:])
    gadget = make_gadget(kind, params, tuple(range(len(ranges))), tuple(ranges))
    g, node = _meant(gadget, ranges)
    for _ in range(8):
        point = [data.draw(st.sampled_from((r.lo, r.hi)) | st.integers(r.lo, r.hi)) for r in ranges]
        assert gadget(point) == semantics.evaluate(g.nodes, (), point)[node]


def test_a_new_gadget_of_the_wrong_shape_is_refused():
    with pytest.raises(ParameterError, match="must have 0 parameters and 3 inputs, not 0 and 2"):
        make_gadget("select", (), (0, 1), (BIT, BIT))
    with pytest.raises(ParameterError, match=r"must be in \[0, 1\], not \[0, 4\]"):
        make_gadget("select", (), (0, 1, 2), (Range(0, 4), BIT, BIT))
    with pytest.raises(ParameterError, match=r"index must be one of its 2 entries, not in \[0, 4\]"):
        make_gadget("table", (0, 1, 2), (0,), (Range(0, 4),))


def test_a_gather_takes_two_relus_per_word():
    ranges = (*[Range(0, 255)] * 1024, Range(0, 1023))
    gadget = make_gadget("gather", (0,), tuple(range(1025)), ranges)
    assert len(gadget.hidden) == 2 * 1024 - 2
    words = [(37 * j) % 256 for j in range(1024)]
    for index in (0, 1, 511, 1022, 1023):
        assert gadget([*words, index]) == words[index]
