"""THEORY A3: an offline model's answer is a function of its state at the end, whatever it thinks."""

from __future__ import annotations

from itertools import islice, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamssm.errors import PrecisionError
from streamssm.ssm import executor
from streamssm.ssm.model import SSM, ThoughtMode
from tests.models import State, every, random_model
from tests.offline_models import popcount


def offline_model(seed: int) -> SSM:
    """Return the first random model from a seed on that thinks offline."""
    models = (random_model(seed + number) for number in range(99))
    return next(model for model in models if model.thoughts.mode is ThoughtMode.OFFLINE)


def answers_of(model: SSM, length: int) -> dict[tuple[State, State | None], set[State | None]]:
    """Return what streams of a length lead to: the answers by the state and the token at the end."""
    found: dict[tuple[State, State | None], set[State | None]] = {}
    for tokens in islice(product(every(model.fields), repeat=length), 60):
        state = model.initial
        try:
            for token in tokens:
                state = executor.listen(model, state, token)
        except PrecisionError:
            continue
        found.setdefault((state, tokens[-1] if tokens else None), set()).add(answered(model, tokens))
    return found


def answered(model: SSM, tokens: tuple[State, ...]) -> State | None:
    try:
        return model.answer(tokens)
    except PrecisionError:
        return None


@pytest.mark.soak
@given(seed=st.integers(0, 1 << 32))
def test_streams_with_one_end_have_one_answer(seed: int) -> None:
    """Law: the readout that thoughts start from sees the state and the last token, and nothing else."""
    model = offline_model(seed)
    for length in (0, 1, 2):
        for (state, token), answers in answers_of(model, length).items():
            assert len(answers) == 1
            try:
                assert answers == {executor.ask(model, state, token).outputs}
            except PrecisionError:
                assert answers == {None}


def test_a_readout_that_reads_the_state_alone_answers_by_the_state_alone() -> None:
    """All streams up to length 2: no more answers than states, so that thoughts add no memory."""
    model, by_state = popcount(), dict[State, set[State]]()
    for length in (1, 2):
        for tokens in product(every(model.fields), repeat=length):
            state: State = model.initial
            for token in tokens:
                state = executor.listen(model, state, token)
            by_state.setdefault(state, set()).add(executor.answer(model, tokens))
    assert len(by_state) == 16 and all(len(answers) == 1 for answers in by_state.values())


@pytest.mark.soak
@given(seed=st.integers(0, 1 << 32))
def test_asking_changes_nothing(seed: int) -> None:
    """Law: the state after a token is the same whether an answer was asked for or not."""
    model = offline_model(seed)
    for state in every(model.state)[:20]:
        for token in every(model.fields)[:10]:
            try:
                asked = model.step(state, token)[0]
            except PrecisionError:
                continue
            assert asked == executor.listen(model, state, token)
