"""Runs in blocks equal the sequential run, bit for bit: outputs, states, positions, errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamssm.algorithms import FunctionComposition
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ParameterError, PrecisionError, TokenError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word
from streamssm.ssm import textbook
from streamssm.ssm.blocks.forms import Form
from streamssm.ssm.blocks.recurrence import Recurrence
from streamssm.ssm.formats import NumberFormat, Overflow, Rounding
from streamssm.ssm.model import SSM, ThoughtMode, TransitionKind
from streamssm.ssm.network import Signal
from streamssm.ssm.textbook.parts import FLAGS, Nodes, itself, layer, word
from tests.driven_models import driven, swinging
from tests.layered_models import layered_model
from tests.models import random_model
from tests.soak import examples

BY = pytest.mark.parametrize("by", ["weights", "fused"])
EVERY_P = range(1, 17)
WIDE = Range(-60, 60)


def outcome(stream: Any, tokens: Any, cuts: Sequence[int] = ()) -> tuple[Any, ...]:
    """Return the outputs, or the error, and the state and position of the stream after it."""
    outputs: list[Any] = []
    ends = [*cuts, len(tokens)]
    try:
        for start, end in zip([0, *cuts], ends, strict=True):
            outputs.extend(stream.feed(tokens[start:end]).tolist())
    except (TokenError, PrecisionError) as error:
        outputs = [type(error), str(error)]
    return outputs, stream.state, stream.position


def require_equal(model: SSM, tokens: Any, blocks: int, **options: Any) -> None:
    assert outcome(model.stream(blocks=blocks, **options), tokens) == outcome(model.stream(), tokens)


def form_of(overflow: Overflow, rounding: Rounding) -> NumberFormat:
    sizes = {Overflow.WRAP: Range(-3, 4), Overflow.CYCLE: Range(0, 4)}
    return NumberFormat(sizes.get(overflow, Range(-2, 9)), rounding=rounding, overflow=overflow)


# every overflow mode x rounding x diagonal kind

CASES = [
    (TransitionKind.ZERO_ONE, (0, 1), 0),
    (TransitionKind.SIGNED, (-1, 0, 1), 0),
    (TransitionKind.DIAGONAL, (-2, -1, 0, 1, 3), 0),
    (TransitionKind.DYADIC, (0, 1, 2, 4), 2),
    (TransitionKind.DYADIC, (0, 1, 3, 4), 2),
    (TransitionKind.DIAGONAL, (-4, -1, 1, 2, 4), 2),
    (TransitionKind.DIAGONAL, (-8, -4, 0, 4, 12), 2),
    (TransitionKind.DIAGONAL, (-3, 1, 4, 5), 2),
]
FORMS = {
    (Overflow.ERROR, 0): Form.AFFINE,
    (Overflow.WRAP, 0): Form.AFFINE,
    (Overflow.SATURATE, 0): Form.LINE,
    (Overflow.SATURATE, 2): Form.CLAMP,
    (Overflow.ERROR, 3): Form.SHIFT,
    (Overflow.SATURATE, 5): Form.SHIFT,
    (Overflow.WRAP, 3): Form.TABLE,
    (Overflow.ERROR, 4): Form.TABLE,
    (Overflow.WRAP, 6): Form.AFFINE,
    (Overflow.SATURATE, 6): Form.CLAMP,
    (Overflow.SATURATE, 7): Form.TABLE,
}
MODES = (Overflow.ERROR, Overflow.SATURATE, Overflow.WRAP)


@pytest.mark.parametrize("rounding", list(Rounding))
@pytest.mark.parametrize("overflow", MODES)
@pytest.mark.parametrize("case", range(len(CASES)))
def test_every_diagonal_kind_at_both_rails(case: int, overflow: Overflow, rounding: Rounding) -> None:
    kind, choices, fraction_bits = CASES[case]
    form, r = form_of(overflow, rounding), Random(case)
    model = driven(kind, [form] * 3, Range(min(choices), max(choices)), WIDE, places=(fraction_bits,) * 3)
    over = 0 if overflow is Overflow.ERROR else 15
    tokens = np.array(swinging(model, r, 100, choices, over=over))
    for blocks in EVERY_P:
        require_equal(model, tokens, blocks)
    require_equal(model, tokens, 5, by="weights", backend="reference")
    recurrence = Recurrence(model.layers[0], model.layer_nets()[0].gates.ranges)
    (group,) = recurrence.groups([tokens.astype(recurrence.dtype)])
    assert group.form is FORMS.get((overflow, case), group.form)


@pytest.mark.parametrize("bits", [6, 14, 28, 40])
@pytest.mark.parametrize("overflow", MODES)
def test_every_width(overflow: Overflow, bits: int) -> None:
    """Gates of 8, 16, 32 and 64 bits; as many words as take vectors and single words."""
    range_ = Range(-(1 << bits - 1), (1 << bits - 1) - 1)
    form, r = NumberFormat(range_, overflow=overflow), Random(bits)
    model = driven(TransitionKind.SIGNED, [form] * 21, Range(-1, 1), Range(-range_.size, range_.size))
    over = 0 if overflow is Overflow.ERROR else range_.size // 3
    tokens = np.array(swinging(model, r, 150, (-1, 0, 1, 1, 1), over=over))
    for blocks in (1, 2, 3, 8):
        require_equal(model, tokens, blocks)


def test_complex_words() -> None:
    model = driven(
        TransitionKind.COMPLEX, [form_of(Overflow.CYCLE, Rounding.FLOOR)] * 2, Range(0, 1), Range(-9, 9)
    )
    r = Random(0)
    tokens = [[r.randint(word.range.lo, word.range.hi) for word in model.fields] for _ in range(60)]
    for blocks in EVERY_P:
        require_equal(model, np.array(tokens), blocks)


# transitions between words

MATRICES = ((1, 0, 0, 1), (0, 1, 1, 0), (0, 0, 0, 0), (0, -1, 1, 0), (1, 0, 0, 0))


def between_words(kind: TransitionKind, overflow: Overflow) -> tuple[SSM, list[tuple[int, ...]]]:
    """Return a model of two words and a stream that keeps its sums small unless it wraps."""
    range_ = Range(-8, 7) if overflow is Overflow.WRAP else Range(-4000, 4000)
    reflections = 2 if kind is TransitionKind.HOUSEHOLDER else 0
    form = NumberFormat(range_, overflow=overflow)
    model = driven(kind, [form] * 2, Range(-3, 3), Range(-9, 9), reflections=reflections)
    r = Random(len(kind))
    tokens: list[tuple[int, ...]] = []
    for _ in range(80):
        entries: tuple[int, ...] = r.choice(MATRICES)
        if kind is TransitionKind.DENSE and overflow is Overflow.WRAP:
            entries = tuple(r.randint(-3, 3) for _ in range(4))
        if kind is TransitionKind.MONOMIAL:
            entries = (r.randrange(2), r.randrange(2), r.choice((0, 1, -1)), 0)
        if kind is TransitionKind.HOUSEHOLDER:
            entries = (*r.choice(((1, -1, 1), (0, 1, 2), (0, 0, 3))), *r.choice(((1, 1, 1), (2, 3, 0))))
        tokens.append((*entries, r.randint(-9, 9), r.randint(-9, 9)))
    return model, tokens


@pytest.mark.parametrize("overflow", [Overflow.ERROR, Overflow.WRAP])
@pytest.mark.parametrize("kind", [TransitionKind.DENSE, TransitionKind.MONOMIAL, TransitionKind.HOUSEHOLDER])
def test_transitions_between_words(kind: TransitionKind, overflow: Overflow) -> None:
    model, tokens = between_words(kind, overflow)
    for blocks in EVERY_P:
        require_equal(model, np.array(tokens), blocks)
    require_equal(model, np.array(tokens), 3, backend="reference")


def test_a_factor_that_is_no_reflection_is_found_in_its_block() -> None:
    model, tokens = between_words(TransitionKind.HOUSEHOLDER, Overflow.WRAP)
    for position, blocks in product((0, 20, 41, 79), (1, 2, 5, 16)):
        bad = [*tokens[:position], (1, 1, 3, 0, 0, 0, 0, 0), *tokens[position + 1 :]]
        require_equal(model, np.array(bad), blocks)
        with pytest.raises(PrecisionError, match=f"reflection 0 must have .* at token {position}"):
            model.run(np.array(bad), blocks=blocks)


# errors


def counting_up(top: int) -> SSM:
    return driven(TransitionKind.ZERO_ONE, [NumberFormat(Range(0, top))] * 2, Range(0, 1), Range(-3, 3))


@pytest.mark.parametrize("blocks", [1, 2, 3, 4, 5, 6, 7, 8, 20])
@pytest.mark.parametrize("position", range(8))
def test_errors_at_every_position(position: int, blocks: int) -> None:
    model = counting_up(9)
    tokens = np.array([[1, 1, 0, 1], [1, 1, 1, 0]] * 4)
    failing = tokens.copy()
    failing[position] = [0, 0, 3, -1]
    require_equal(model, failing, blocks)
    with pytest.raises(PrecisionError, match=rf"'h1' must stay .* become -1 at token {position}"):
        model.run(failing, blocks=blocks)
    unfit = tokens.copy()
    unfit[position, 2] = 4
    require_equal(model, unfit, blocks)
    with pytest.raises(TokenError, match=f"token {position}: field 'b0'"):
        model.run(unfit, blocks=blocks)
    if position:  # the earlier one counts, whichever it is
        unfit[position - 1] = [0, 0, 3, -1]
        require_equal(model, unfit, blocks)
        failing[position - 1, 0] = 2
        require_equal(model, failing, blocks)


def two_counters() -> SSM:
    """Layer 2 adds the word of layer 1, minus 4; either may leave its range first."""
    fields = {"b": Range(-3, 3)}
    inputs = [*FLAGS, *(Signal(name, range_) for name, range_ in fields.items())]
    kind, range_ = TransitionKind.ZERO_ONE, Range(0, 9)

    def lower_gates(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        return [g.const(1)], [x[2]]

    def upper_gates(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        return [g.const(1)], [g.sub(x[0], g.const(4))]

    below = layer(inputs, [word("low", range_, 4)], kind, lower_gates, lambda g, h, x: h, ["y"])
    above = layer([Signal("y", range_)], [word("high", range_, 5)], kind, upper_gates, itself, ["out"])
    return SSM("two counters", tuple(Word(n, v, v.lo) for n, v in fields.items()), (below, above), ("out",))


@pytest.mark.parametrize("blocks", [1, 2, 3, 5, 12])
def test_earliest_error_of_all_layers(blocks: int) -> None:
    model, r = two_counters(), Random(0)
    first: set[str] = set()
    for _ in range(40):
        tokens = np.array([[r.choice([-3, -1, 0, 1, 3])] for _ in range(12)])
        in_blocks = outcome(model.stream(blocks=blocks), tokens)
        assert in_blocks == outcome(model.stream(), tokens)
        first.update(name for name in ("'low'", "'high'") if name in str(in_blocks[0]))
    assert first == {"'low'", "'high'"}


def refusal_free(model: SSM, blocks: int) -> bool:
    try:
        model.stream(blocks=blocks)
    except ParameterError:
        return False
    return True


# random models of several layers


@pytest.mark.soak
@pytest.mark.parametrize("make", [lambda seed: layered_model(Random(seed)), random_model])
@settings(max_examples=examples(25))
@given(
    seed=st.integers(0, 1 << 32),
    blocks=st.integers(1, 16),
    cuts=st.lists(st.integers(0, 40), max_size=2).map(sorted),
    by=st.sampled_from(["weights", "fused"]),
    backend=st.sampled_from(["kernel", "kernel", "reference"]),
    starts=st.booleans(),
)
def test_random_models(
    make: Any, seed: int, blocks: int, cuts: list[int], by: str, backend: str, starts: bool
) -> None:
    model, r = make(seed), Random(seed)
    if model.thoughts.mode is not ThoughtMode.NONE or not refusal_free(model, blocks):
        return
    tokens = np.array([[r.randint(w.range.lo, w.range.hi) for w in model.fields] for _ in range(40)])
    state = [r.randint(w.range.lo, w.range.hi) for w in model.state] if starts else None
    expected = outcome(model.stream(state), tokens, cuts)
    try:
        actual = outcome(model.stream(state, by=by, blocks=blocks, backend=backend), tokens, cuts)
    except ParameterError as error:
        assert "must be a table of at most" in str(error)
        return
    assert actual == expected


# how it is asked for


def test_given_state_chunks_and_snapshots() -> None:
    model, state = counting_up(9), (4, 7)
    tokens = np.array([[1, 1, 1, -1], [1, 0, 2, 3], [1, 1, -3, 1], [1, 1, 0, 2]])
    expected = model.run(tokens, state).tolist()
    assert model.run(tokens, state, blocks=3).tolist() == expected
    parts = list(model.run(iter([tokens[:1], tokens[1:1], tokens[1:]]), state, blocks=2))
    assert np.concatenate(parts).tolist() == expected
    stream = model.stream(state, blocks=2)
    assert stream.feed(tokens[:0]).shape == (0, 2)
    assert (stream.state, stream.position) == (state, 0)
    stream.feed(tokens)
    assert model.restore(stream.snapshot()) == stream.state == tuple(expected[-1])
    with pytest.raises(PrecisionError, match="at token 5"):
        stream.feed([[1, 1, 3, 3], [1, 1, 3, 3]])


def test_columns_of_any_dtype() -> None:
    model = counting_up(9)
    tokens = np.array([[1, 1, 1, 1], [1, 0, 2, 3], [1, 1, -3, 1], [1, 1, 0, 2]])
    columns = [tokens[:, field].astype(np.int8) for field in range(4)]
    assert model.run(columns, blocks=2).tolist() == model.run(tokens).tolist()
    assert model.run(tokens[::-1][::-1], blocks=2).tolist() == model.run(tokens).tolist()


@BY
def test_textbook_models(by: str) -> None:
    models = [
        textbook.exponential_moving_average(16, 2),
        textbook.delay_line(2, 3),
        textbook.running_parity(),
        textbook.flip_flop(),
    ]
    for model in models:
        r = Random(1)
        tokens = [[r.randint(w.range.lo, w.range.hi) for w in model.fields] for _ in range(50)]
        for blocks in (1, 2, 7):
            require_equal(model, np.array(tokens), blocks, by=by)


def test_refusals() -> None:
    online = to_ssm(FunctionComposition(4).program())
    with pytest.raises(ParameterError, match="has online thoughts .* a step waits for the readout"):
        online.run([[0, 0, 0]], blocks=1)
    offline = replace(online, thoughts=replace(online.thoughts, mode=ThoughtMode.OFFLINE))
    with pytest.raises(ParameterError, match="has offline thoughts .* use ssm.answer"):
        offline.stream(blocks=2)
    for bad in (0, -1, 2.0, True):
        with pytest.raises(ParameterError, match="blocks must be at least 1"):
            counting_up(9).stream(blocks=bad)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "overflows", "fraction_bits", "reason"),
    [
        (TransitionKind.DENSE, (Overflow.SATURATE,) * 2, (), "a dense transition that saturates"),
        (TransitionKind.MONOMIAL, (Overflow.SATURATE,) * 2, (), "a monomial transition that saturates"),
        (TransitionKind.DENSE, (Overflow.ERROR,) * 2, (1, 0), "a dense transition that rounds"),
        (
            TransitionKind.DENSE,
            (Overflow.ERROR, Overflow.WRAP),
            (),
            "a dense transition has block maps only if all words wrap",
        ),
    ],
)
def test_transitions_without_block_maps(
    kind: TransitionKind, overflows: Sequence[Overflow], fraction_bits: tuple[int, ...], reason: str
) -> None:
    forms = [form_of(overflow, Rounding.FLOOR) for overflow in overflows]
    model = driven(kind, forms, Range(-1, 1), Range(-3, 3), places=fraction_bits)
    with pytest.raises(ParameterError, match=f"blocks=1: layer 1: {reason}"):
        model.stream(blocks=2)
    tokens = np.zeros((9, len(model.fields)), np.int64)
    tokens[:, -1] = 2
    require_equal(model, tokens, 1)


def test_tables_of_too_many_states_are_refused() -> None:
    form = NumberFormat(Range(0, 1 << 21), overflow=Overflow.SATURATE)
    model = driven(TransitionKind.DYADIC, [form], Range(0, 4), Range(-9, 9), places=(2,))
    tokens = np.array([[3, 5], [2, 9], [3, 1], [4, 1]])
    with pytest.raises(ParameterError, match=r"word 'h0' must be a table of at most 2\^20 states"):
        model.run(tokens, blocks=3)
    require_equal(model, tokens, 1)
    require_equal(model, tokens[[1, 3, 1, 3]], 3)
