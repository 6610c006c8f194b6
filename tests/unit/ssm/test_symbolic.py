"""A model's step as a graph, by weights and fused, equals the reference executor, errors included."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamssm.errors import PrecisionError
from streamssm.program import semantics
from streamssm.program.transducer import Transducer
from streamssm.program.words import Word
from streamssm.ssm import executor
from streamssm.ssm.model import SSM
from tests.models import random_model

Step = tuple[tuple[int, ...], tuple[int, ...]]


def every(words: tuple[Word, ...]) -> list[tuple[int, ...]]:
    return list(product(*(range(word.range.lo, word.range.hi + 1) for word in words)))


def executed(model: SSM, state: tuple[int, ...], token: tuple[int, ...]) -> Step | None:
    """Return one step of the reference executor, or None for an error."""
    try:
        return executor.step(model, state, token)
    except PrecisionError:
        return None


def evaluated(step: Transducer, state: tuple[int, ...], token: tuple[int, ...]) -> Step | None:
    """Return one step of the graph, or None for an error; every node's range must hold."""
    values = semantics.evaluate(step.step.nodes, state, token)
    assert all(node.range.holds(value) for node, value in zip(step.step.nodes, values, strict=True))
    if step.error is not None and values[step.error]:
        return None
    return tuple(values[i] for i in step.next_state), tuple(values[i] for i in step.outputs)


def some_steps(model: SSM, seed: int, count: int = 60) -> list[Step]:
    pairs = [(state, token) for state in every(model.state) for token in every(model.fields)]
    return Random(seed).sample(pairs, min(count, len(pairs)))


@pytest.mark.parametrize("by", ["weights", "fused"])
@given(seed=st.integers(0, 10_000))
def test_graph_equals_executor(by: str, seed: int) -> None:
    model = random_model(seed)
    step = model.transducer(by)
    assert step.begin_outputs == model.begin()
    for state, token in some_steps(model, seed):
        assert evaluated(step, state, token) == executed(model, state, token)
