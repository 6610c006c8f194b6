"""Models on the kernels: one stream, chunks and lanes equal the reference executor, errors included."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamssm.errors import FormatError, PrecisionError, TokenError
from streamssm.ssm import executor
from streamssm.ssm.model import SSM
from tests.models import State, random_model, random_mutant

BY = pytest.mark.parametrize("by", ["weights", "fused"])
LENGTH = 25


def random_tokens(model: SSM, seed: int, count: int = LENGTH) -> list[State]:
    r = Random(seed)
    return [tuple(r.randint(word.range.lo, word.range.hi) for word in model.fields) for _ in range(count)]


def executed(model: SSM, tokens: list[State]) -> tuple[list[State], State, str]:
    """Return the outputs up to an error, the state, and the error's text."""
    outputs: list[State] = []
    state = model.initial
    for position, token in enumerate(tokens):
        try:
            state, outputs_now = executor.step(model, state, token, position)
        except PrecisionError as error:
            return outputs, state, str(error)
        outputs.append(outputs_now)
    return outputs, state, ""


@pytest.mark.soak
@BY
@pytest.mark.parametrize("make", [random_model, random_mutant])
@given(seed=st.integers(0, 1 << 32), cut=st.integers(0, LENGTH))
def test_stream_in_chunks_equals_executor(by: str, make: Callable[[int], SSM], seed: int, cut: int) -> None:
    model = make(seed)
    tokens = random_tokens(model, seed)
    outputs, state, error = executed(model, tokens)
    stream, rows = model.stream(by=by), []
    try:
        for chunk in (tokens[:cut], tokens[cut:]):
            rows.extend(stream.feed(chunk).tolist())
        assert not error
    except PrecisionError as raised:
        assert str(raised) == f"{model.name}: {error}"
    else:
        assert rows == [list(row) for row in outputs]
    assert (stream.state, stream.position) == (state, len(outputs))
    assert model.restore(stream.snapshot()) == state
    assert len(stream.snapshot()) == -(-model.memory_bits // 8)


@pytest.mark.soak
@BY
@given(seed=st.integers(0, 1 << 32))
def test_lanes_equal_executor(by: str, seed: int) -> None:
    model = random_model(seed)
    lanes = [random_tokens(model, seed + lane, 8) for lane in range(3)]
    expected = [executed(model, tokens) for tokens in lanes]
    batch = np.array(lanes).transpose(1, 0, 2)
    errors = [(len(outputs), lane) for lane, (outputs, _, error) in enumerate(expected) if error]
    if not errors:
        assert (
            model.run_lanes(batch, by=by).tolist()
            == np.array([w[0] for w in expected]).transpose(1, 0, 2).tolist()
        )
        return
    position, lane = min(errors)
    with pytest.raises(PrecisionError) as caught:
        model.run_lanes(batch, by=by)
    assert str(caught.value) == f"{model.name}: {expected[lane][2]} of lane {lane}"
    assert f"at token {position} of lane" in str(caught.value)


@BY
def test_chunks_bad_tokens_and_snapshots(by: str) -> None:
    model = random_model(5)
    tokens = random_tokens(model, 5)
    parts = model.run(iter([np.array(tokens[:3]), np.array(tokens[3:])]), by=by)
    assert [len(part) for part in parts] == [3, LENGTH - 3]
    beyond = tuple(word.range.hi + 1 for word in model.fields)
    with pytest.raises(TokenError, match="token 3: field 'f0'"):
        model.run([*tokens[:3], beyond], by=by)
    with pytest.raises(FormatError):
        model.restore(b"\xff" * 9)


def test_fields_of_one_word_may_be_given_flat() -> None:
    model = next(m for m in map(random_model, range(99)) if len(m.fields) == 1 and not m.transducer().error)
    tokens = random_tokens(model, 0)
    assert model.run(np.array(tokens)[:, 0]).tolist() == model.run(tokens).tolist()
