"""Offline thoughts: the stream first, then thoughts on a copy of the state, then the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ParameterError, PrecisionError, StreamSSMError, TokenError
from streamssm.files import load
from streamssm.ir.ranges import Range
from streamssm.ssm import executor
from streamssm.ssm.model import SSM, ThoughtMode, Thoughts
from streamssm.ssm.symbolic.answering import FIRST_THOUGHTS
from tests.cases import CASES
from tests.models import State, random_model, random_mutant, some_steps
from tests.offline_models import ONES, STEPS, collatz, countdown, popcount
from tests.unit.ssm.test_stream import random_tokens

BY = pytest.mark.parametrize("by", ["weights", "fused"])
SMALL = ("composition 5", "window", "space saving", "brackets of two kinds", "narrative", "pointer chasing")
WAYS = ("weights", "fused")
collatz = lru_cache(collatz)
popcount = lru_cache(popcount)


# semantics of offline thoughts


def test_thoughts_are_of_the_answer_and_the_state_is_of_the_token() -> None:
    model = popcount()
    assert model.trace((3,), (4,)) == ((7,), (3,), ((3, 1), (1, 2), (0, 3)))
    assert model.trace((15,), (1,)) == ((0,), (0,), ())


@BY
def test_asking_in_the_middle_of_a_stream_leaves_it_as_it_is(by: str) -> None:
    """The thoughts shift the word out, down to 0: the stream must continue from the state before them."""
    stream = popcount().stream(by=by)
    seen = []
    for number in (1, 2, 4, 8, 1):
        seen.append((stream.feed([[number]]).tolist()[0][0], stream.state))
    assert seen == [(1, (1,)), (2, (3,)), (3, (7,)), (4, (15,)), (0, (0,))]


@BY
def test_every_state_and_token_of_models_by_hand(by: str) -> None:
    for make, table in ((collatz, STEPS), (popcount, ONES)):
        for state in range(16):
            outputs = make().stream((state,), by=by).feed([[3], [14]])
            sums = [(state + 3) % 16, (state + 17) % 16]
            assert outputs[:, 0].tolist() == [table[value] for value in sums]


@pytest.mark.parametrize("init", [0, 1, 7, 15])
def test_thoughts_before_the_first_token(init: int) -> None:
    model = popcount(init=init)
    assert model.begin() == model.answer(()) == model.answer((), by="weights") == (ONES[init],)
    assert model.begin((11,)) == model.answer((), (11,)) == (3,)
    assert model.run([[0]]).tolist() == [[ONES[init]]]


@BY
def test_an_online_model_run_offline_forgets_what_it_thought(by: str) -> None:
    """Offline, the new registers of E1 are only ever thought: every token is answered as if it came first.

    Arrays too: their words are written by a thought, on the copy.
    """
    for case in (case for case in CASES if case.name in SMALL):
        program = case.make().program()
        model = offline(to_ssm(program))
        tokens = case.tokens[:4]
        expected = [list(program.step(program.initial, token)[1]) for token in tokens]
        stream = model.stream(by=by)
        assert stream.feed(np.array(tokens).reshape(len(tokens), -1)).tolist() == expected, case.name
        assert stream.state == model.initial == program.initial
        assert model.answer(tokens, by=by) == tuple(expected[-1]), case.name
        assert model.begin() == model.answer((), by=by) == program.begin()


def offline(model: SSM) -> SSM:
    return replace(model, thoughts=replace(model.thoughts, mode=ThoughtMode.OFFLINE))


# errors


@pytest.mark.parametrize("value", [4, 12, 15])
def test_not_ready_after_the_last_thought_is_an_error_with_the_position(value: int) -> None:
    model, tokens = popcount(most=2), [[value], [0], [(1 - value) % 16]]
    says = "popcount is not ready after 2 thoughts at token"
    with pytest.raises(PrecisionError, match=f"{says} 7"):
        executor.trace(model, (0,), (value,), 7)
    for by in WAYS:
        with pytest.raises(PrecisionError, match=f"popcount: {says} 0"):
            model.run(tokens, by=by)
        with pytest.raises(PrecisionError, match=f"popcount: {says} 1"):
            model.answer(tokens[:2], by=by)
        assert model.answer(tokens, by=by) == executor.answer(model, tokens) == (1,)


def test_not_ready_before_the_first_token_is_an_error_there_alone() -> None:
    model = popcount(most=2, init=15)
    for begin in (model.begin, lambda: model.answer(()), lambda: model.answer((), by="weights")):
        with pytest.raises(PrecisionError, match="not ready after 2 thoughts before the first token"):
            begin()
    assert model.run([[1], [2]]).tolist() == [[0], [1]]


@BY
def test_a_thought_word_that_leaves_its_range_is_an_error(by: str) -> None:
    rest, count = popcount().thoughts.words
    narrow = replace(popcount().thoughts, words=(rest, replace(count, range=Range(0, 3))))
    mutant = replace(popcount(), thoughts=narrow)
    says = r"thought word 'count' must stay in \[0, 3\], not become 4 at token 1"
    with pytest.raises(PrecisionError, match=says):
        executor.step(mutant, (8,), (7,), 1)
    with pytest.raises(PrecisionError, match=f"popcount: {says}"):
        mutant.run([[8], [7]], by=by)
    with pytest.raises(PrecisionError, match=f"popcount: {says}"):
        mutant.answer([[8], [7]], by=by)
    with pytest.raises(TokenError, match="token 1: field 'add'"):
        mutant.answer([[8], [16]], by=by)


def test_offline_thoughts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ParameterError, match="thoughts before an answer must be at least 1, not 0"):
        Thoughts(ThoughtMode.OFFLINE, (), 0)
    with pytest.raises(ParameterError, match="thoughts before an answer must be at least 1, not -3"):
        replace(popcount().thoughts, max_per_token=-3)
    with pytest.raises(ParameterError, match=r"A\[0, 0\] must be zero-one"):
        stray_entry()
    assert Thoughts(ThoughtMode.OFFLINE, (), 1).bits == 0


def stray_entry() -> SSM:
    """Return a model whose entry of A is 1 on a token and 2 in a thought."""
    layer = popcount().layers[0]
    index = layer.gates.outputs[0][1] - len(layer.gates.inputs)
    entry = layer.gates.gadgets[index]
    more = replace(entry, output=replace(entry.output, terms=tuple((-w, i) for w, i in entry.output.terms)))
    gadgets = (*layer.gates.gadgets[:index], more, *layer.gates.gadgets[index + 1 :])
    return replace(popcount(), layers=(replace(layer, gates=replace(layer.gates, gadgets=gadgets)),))


# many thoughts


@pytest.mark.parametrize("count", [0, 1, FIRST_THOUGHTS - 1, FIRST_THOUGHTS, FIRST_THOUGHTS + 1, 10_000])
def test_as_many_thoughts_as_it_takes(count: int) -> None:
    model = countdown(14)
    tokens = [[count // 2], [count - count // 2]]
    expected = executor.answer(model, tokens)
    assert expected == (count,)
    for by in WAYS:
        assert model.answer(tokens, by=by) == expected
        assert model.answer(iter([np.array(tokens[:1]), np.array(tokens[1:])]), by=by) == expected
        assert model.answer((), (count,), by=by) == expected


@pytest.mark.parametrize("most", [FIRST_THOUGHTS - 1, FIRST_THOUGHTS, 3 * FIRST_THOUGHTS + 1])
def test_the_last_thought_counts_and_none_after_it(most: int) -> None:
    model = countdown(10)
    model = replace(model, thoughts=replace(model.thoughts, max_per_token=most))
    for by in WAYS:
        assert model.answer([[most]], by=by) == (most,)
        with pytest.raises(PrecisionError, match=f"is not ready after {most} thoughts at token 0"):
            model.answer([[most + 1]], by=by)


# laws


def tried(call: Callable[[], object]) -> tuple[object, str]:
    try:
        return call(), ""
    except StreamSSMError as error:
        return None, str(error)


@pytest.mark.soak
@BY
@pytest.mark.parametrize("make", [random_model, random_mutant])
@given(seed=st.integers(0, 1 << 32), length=st.integers(0, 6))
def test_answer_equals_executor(by: str, make: Callable[[int], SSM], seed: int, length: int) -> None:
    """Law: answer(tokens) is the executor's in every mode, outputs and errors, in chunks, from any state."""
    model = make(seed)
    tokens, state = random_tokens(model, seed, length), some_steps(model, seed, 1)[0][0]
    actual, error = tried(lambda: model.answer(chunks(model, tokens), state, by=by))
    expected, expected_error = tried(lambda: executor.answer(model, tokens, state))
    assert actual == expected
    assert error.removeprefix(f"{model.name}: ") == expected_error.removeprefix(f"{model.name}: ")


def chunks(model: SSM, tokens: list[State]) -> Iterator[np.ndarray]:
    for part in (tokens[:2], [], tokens[2:]):
        yield np.array(part, dtype=np.int64).reshape(len(part), len(model.fields))


@pytest.mark.soak
@given(seed=st.integers(0, 1 << 32))
def test_answer_is_the_last_output(seed: int) -> None:
    model = random_model(seed)
    tokens = random_tokens(model, seed, 5)
    try:
        outputs = model.run(tokens)
    except PrecisionError:
        return
    assert model.answer(tokens) == tuple(outputs[-1].tolist())


def test_files_keep_the_mode(tmp_path: Path) -> None:
    path = str(tmp_path / "model.safetensors")
    popcount().save(path)
    loaded = load(path)
    assert isinstance(loaded, SSM) and loaded == popcount()
    assert loaded.thoughts.mode is ThoughtMode.OFFLINE
    online = replace(popcount(), thoughts=replace(popcount().thoughts, mode=ThoughtMode.ONLINE))
    assert online.digest != loaded.digest
