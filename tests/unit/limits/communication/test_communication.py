"""Forward communication gives the model's outputs, and every bit of it is counted, for all block maps."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamssm.algorithms import BlockComposition, FunctionComposition, StoredComposition
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ParameterError, PrecisionError, TokenError
from streamssm.ir.ranges import Range
from streamssm.limits.communication import messages
from streamssm.limits.communication.communication import Transcript, communicate
from streamssm.limits.streams.instances import instance
from streamssm.ssm import textbook
from streamssm.ssm.blocks.rounds import BlockLayer
from streamssm.ssm.formats import NumberFormat, Overflow, Rounding
from streamssm.ssm.model import SSM, TransitionKind
from streamssm.ssm.textbook.parts import itself, model, word
from tests.driven_models import driven, swinging
from tests.layered_models import layered_model
from tests.soak import examples

WIDE = Range(-60, 60)
MODES = (Overflow.ERROR, Overflow.SATURATE, Overflow.WRAP)
KINDS = {  # entries, fraction bits, and the map under error, saturate and wrap
    "zero-one": ((0, 1), 0, ("affine", "clamped line", "affine")),
    "signed": ((-1, 0, 1), 0, ("affine", "clamped line", "affine")),
    "steep": ((-2, -1, 0, 1, 3), 0, ("affine", "clamped line", "affine")),
    "dyadic": ((0, 1, 2, 4), 2, ("clamped shift", "clamped shift", "table")),
    "falling": ((-4, -1, 1, 2, 4), 2, ("clamped shift", "clamped shift", "table")),
    "whole": ((-8, -4, 0, 4, 12), 2, ("affine", "clamped line", "affine")),
    "rounded": ((-3, 1, 4, 5), 2, ("table", "table", "table")),
}


def form_of(overflow: Overflow, rounding: Rounding = Rounding.FLOOR) -> NumberFormat:
    range_ = Range(-4, 3) if overflow is Overflow.WRAP else Range(-2, 9)
    return NumberFormat(range_, rounding=rounding, overflow=overflow)


def require_run(transcript: Transcript, tokens: Any, ssm: SSM) -> None:
    expected = ssm.run(tokens)
    assert transcript.outputs.tolist() == expected.tolist() and transcript.equal
    assert transcript.answer == tuple(expected[-1].tolist())
    assert len(transcript.rounds) == ssm.num_layers
    assert all(len(one.message_bits) == transcript.parties - 1 for one in transcript.rounds)


@pytest.mark.parametrize("rounding", list(Rounding))
@pytest.mark.parametrize("overflow", MODES)
@pytest.mark.parametrize("name", KINDS)
def test_every_form_of_diagonal_maps(name: str, overflow: Overflow, rounding: Rounding) -> None:
    choices, fraction_bits, forms = KINDS[name]
    form = form_of(overflow, rounding)
    entries = Range(min(choices), max(choices))
    ssm = driven(TransitionKind.DIAGONAL, [form] * 2, entries, WIDE, places=(fraction_bits,) * 2)
    over = 0 if overflow is Overflow.ERROR else 15
    tokens = np.array(swinging(ssm, Random(0), 60, choices, over=over))
    for parties in (1, 2, 3, 7, 60):
        transcript = communicate(ssm, tokens, parties)
        require_run(transcript, tokens, ssm)
    (few,) = communicate(ssm, tokens, 2).rounds  # half a stream: its entries are as rich as the whole one's
    assert few.forms == (forms[MODES.index(overflow)],)


def test_a_party_that_sees_few_entries_says_another_form_than_one_that_sees_more() -> None:
    """Halves in one block, five quarters in another: each tells its own form."""
    form = form_of(Overflow.SATURATE)
    ssm = driven(TransitionKind.DIAGONAL, [form], Range(0, 5), WIDE, places=(2,))
    tokens = np.array([[2, 3]] * 4 + [[5, 1]] * 4 + [[4, -2], [3, 3]] * 2 + [[1, 0]] * 4)
    transcript = communicate(ssm, tokens, 4)
    require_run(transcript, tokens, ssm)
    assert transcript.rounds[0].forms == ("clamped shift", "table")
    assert len(set(transcript.rounds[0].message_bits)) > 1


@pytest.mark.parametrize("overflow", [Overflow.WRAP, Overflow.ERROR])
@pytest.mark.parametrize(
    "kind",
    [TransitionKind.DENSE, TransitionKind.MONOMIAL, TransitionKind.HOUSEHOLDER, TransitionKind.DIAGONAL],
)
def test_bits_under_wrap_around(kind: TransitionKind, overflow: Overflow) -> None:
    """(d^2 + d) p bits, 2 d p where the transition is diagonal: exactly, and whatever the stream."""
    range_ = Range(-8, 7) if overflow is Overflow.WRAP else Range(-(1 << 40), (1 << 40) - 1)
    reflections = 2 if kind is TransitionKind.HOUSEHOLDER else 0
    form = NumberFormat(range_, overflow=overflow)
    ssm = driven(kind, [form] * 3, Range(-1, 1), Range(-3, 3), reflections=reflections)
    r = Random(1)
    tokens = np.array([[r.randint(w.range.lo, w.range.hi) for w in ssm.fields] for _ in range(12)])
    tokens[0] = 0  # words start at the lower end of their range
    if reflections:
        tokens = abs(tokens) * (np.arange(len(ssm.fields)) >= 8)
    transcript = communicate(ssm, tokens, 4)
    require_run(transcript, tokens, ssm)
    (one,) = transcript.rounds
    dim, bits = 3, range_.bits
    expected_bits = 2 * dim * bits if kind is TransitionKind.DIAGONAL else (dim * dim + dim) * bits
    assert one.message_bits == (expected_bits,) * 3
    assert expected_bits == (one.diagonal_bits if kind is TransitionKind.DIAGONAL else one.dense_bits)
    assert (transcript.said_bits, transcript.delivered_bits) == (3 * expected_bits, 6 * expected_bits)


@settings(max_examples=examples(40))
@given(st.integers(0, 10**9), st.integers(1, 9))
def test_random_models(seed: int, parties: int) -> None:
    r = Random(seed)
    ssm = layered_model(r)
    tokens = np.array(
        [[r.randint(w.range.lo, w.range.hi) for w in ssm.fields] for _ in range(r.randint(9, 40))]
    )
    try:
        expected = ssm.run(tokens)
    except PrecisionError as error:
        with pytest.raises((PrecisionError, ParameterError)) as caught:
            communicate(ssm, tokens, parties)
        assert isinstance(caught.value, ParameterError) or str(caught.value) == str(error)
        return
    try:
        transcript = communicate(ssm, tokens, parties)
    except ParameterError as error:
        assert "no block maps" in str(error) or "one number of bits" in str(error) or "2^20" in str(error)
        return
    assert transcript.outputs.tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("ssm", "tokens"),
    [
        (textbook.rotating_counter(5), [[k % 5] for k in range(40)]),
        (textbook.since_halving(), [[k % 3 == 0, k % 7 == 0] for k in range(40)]),
        (textbook.delay_line(3, 2), [[k % 4] for k in range(40)]),
    ],
    ids=lambda given: given.name if isinstance(given, SSM) else "",
)
def test_textbook_models(ssm: SSM, tokens: list[list[int]]) -> None:
    for parties in (1, 2, 5, 40):
        require_run(
            communicate(ssm, np.array(tokens).astype(int), parties), np.array(tokens).astype(int), ssm
        )


@pytest.mark.parametrize("by", ["fused", "weights"])
def test_composition(by: str) -> None:
    ssm = to_ssm(BlockComposition(8, 3), cot="none")
    tokens = instance(ssm.fields, seed=4)
    for parties in range(1, 26):
        transcript = communicate(ssm, tokens, parties, by=by)
        require_run(transcript, tokens, ssm)
        assert [one.message_bits for one in transcript.rounds] == [(6,) * (parties - 1)] * 4


# messages decode to the maps that were encoded


def small_maps(name: str, overflow: Overflow) -> Any:
    """Yield the recurrence of a word, and maps of it: single steps and short compositions."""
    choices, fraction_bits, _ = KINDS[name]
    ssm = driven(
        TransitionKind.DIAGONAL,
        [form_of(overflow)],
        Range(min(choices), max(choices)),
        WIDE,
        places=(fraction_bits,),
    )
    layer = BlockLayer(ssm.layer_nets()[0], is_last=True, backend="kernel")
    recurrence, r = layer.recurrence, Random(name)
    for _ in range(150):
        count = r.randint(1, 4)
        gates = np.array(
            [(r.choice(choices), r.randint(-20, 20)) for _ in range(count)], dtype=recurrence.dtype
        )
        yield recurrence, recurrence.compose(gates, recurrence.groups([gates]))


@pytest.mark.parametrize("overflow", MODES)
@pytest.mark.parametrize("name", KINDS)
def test_messages_are_read_as_they_were_meant(name: str, overflow: Overflow) -> None:
    range_ = form_of(overflow).range
    for recurrence, block_map in small_maps(name, overflow):
        message = messages.write(recurrence, block_map)
        tag = {1: 0, 2: 1, 3: 2}[len(messages.map_types(recurrence, 0))]
        assert set(message) <= {"0", "1"} and len(message) == block_map.bits + tag
        received = messages.read(recurrence, message)
        for h in range(range_.lo, range_.hi + 1):
            assert received.apply((h,)) == block_map.apply((h,))


def test_a_bit_that_is_lost_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but the messages passes: where they are wrong, so are the outputs."""
    ssm = textbook.wrapping_counter(4)
    tokens = np.zeros((30, 1), dtype=np.int64)
    right = messages.write
    assert communicate(ssm, tokens, 3).equal
    for position in range(4, 8):  # of the offset; slope 0 or 1 is no matter to a word that starts at 0

        def flipped(recurrence: Any, block_map: Any, position: int = position) -> str:
            message = right(recurrence, block_map)
            return message[:position] + str(1 - int(message[position])) + message[position + 1 :]

        monkeypatch.setattr(messages, "write", flipped)
        assert not communicate(ssm, tokens, 3).equal


# refusals


def test_refusals() -> None:
    ssm = to_ssm(StoredComposition(4, 1), cot="none")
    tokens = instance(ssm.fields)
    assert communicate(ssm, tokens, 5).parties == 5
    with pytest.raises(ParameterError, match="parties must be at most 5, the number of tokens, not 6"):
        communicate(ssm, tokens, 6)
    with pytest.raises(ParameterError, match="must be at least 1, not 0"):
        communicate(ssm, tokens, 0)
    with pytest.raises(ParameterError, match="has online thoughts and cannot be run in blocks"):
        communicate(to_ssm(FunctionComposition(4)), [[0, 0, 1]], 1)
    with pytest.raises(TokenError, match="token 1: field 'key'"):
        communicate(ssm, [[0, 0, 0], [0, 9, 0]], 1)
    dense = driven(TransitionKind.DENSE, [form_of(Overflow.SATURATE)] * 2, Range(-1, 1), WIDE)
    with pytest.raises(ParameterError, match="saturates has no block maps"):
        communicate(dense, [[0] * 6] * 3, 2)


def test_the_models_error_is_raised_with_its_position() -> None:
    counter = model(
        "counter",
        {"x": Range(0, 1)},
        [word("count", Range(0, 5))],
        TransitionKind.TIME_INVARIANT,
        lambda g, x: ([g.const(1)], x),
        itself,
        ["count"],
    )
    with pytest.raises(PrecisionError, match="not become 6 at token 6"):
        communicate(counter, [[1]] * 3 + [[0]] + [[1]] * 5, 4)
