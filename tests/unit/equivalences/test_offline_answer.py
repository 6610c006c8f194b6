"""E4 of models with offline thoughts, and `check` on them: equal outputs on every stream, equal memory."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pytest

from streamssm.algorithms import FunctionComposition
from streamssm.equivalences.check import check
from streamssm.equivalences.checking.check_options import options_for
from streamssm.equivalences.checking.mutate import single_weight_mutants
from streamssm.equivalences.checking.sides import side_of
from streamssm.equivalences.ssm_to_program import ssm_to_program
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import PrecisionError
from streamssm.ssm.model import SSM, ThoughtMode
from tests.cases import CASES
from tests.models import every
from tests.offline_models import ONES, STEPS, Summed, collatz, popcount

collatz = lru_cache(collatz)


@pytest.mark.parametrize("method", ["exhaust", "sample"])
@pytest.mark.parametrize(("make", "table"), [(collatz, STEPS), (popcount, ONES)])
def test_models_by_hand_are_equal_to_programs_by_hand(make, table, method: str) -> None:
    """A thought that the state were left with, or a thought too few, would show after one token more."""
    report = check(make(init=7), Summed(table, 7), method=method, **options_for(method, {"tokens": 10**4}))
    assert report.equal and report.memory_equal, report
    assert (report.covers == "every stream") is (method == "exhaust")


@pytest.mark.parametrize(("make", "init"), [(collatz, 7), (popcount, 0), (popcount, 13)])
def test_law_e4_on_models_by_hand(make, init: int) -> None:
    model = make(init=init)
    program = ssm_to_program(model)
    assert program.memory_bits == model.memory_bits == 4
    assert program.begin() == model.begin()
    report = check(program, model, method="exhaust")
    assert (report.equal, report.covers, report.memory_equal) == (True, "every stream", True)
    for state in every(model.state):
        assert program.begin(state) == model.begin(state)


def test_the_update_is_the_input_step_alone() -> None:
    """Thoughts that were unrolled into the update as well would cost an addition for each."""
    program = ssm_to_program(popcount())
    assert len(program.update) <= 5 < len(program.output)
    assert program.assumptions == ()


def test_what_is_not_proven_is_assumed() -> None:
    program = ssm_to_program(popcount(most=2, init=3))
    assert [str(assumption) for assumption in program.assumptions] == ["popcount:0: ready after 2 thoughts"]
    with pytest.raises(PrecisionError, match="not ready after 2 thoughts before the first token"):
        ssm_to_program(popcount(most=2, init=7))


def offline(model: SSM) -> SSM:
    return replace(model, thoughts=replace(model.thoughts, mode=ThoughtMode.OFFLINE))


@pytest.mark.parametrize("name", ["composition 5", "window", "brackets of two kinds", "pointer chasing"])
def test_law_e4_with_arrays_that_are_written_in_thoughts(name: str) -> None:
    """Where E1's thoughts are offline, an output may read what only a thought has written: never refused."""
    case = next(case for case in CASES if case.name == name)
    model = offline(to_ssm(case.make()))
    program = ssm_to_program(model)
    assert program.memory_bits == model.memory_bits
    report = check(program, model, method="exhaust")
    assert (report.equal, report.covers) == (True, "every stream")
    for state in (model.initial, tuple(word.range.hi for word in model.state)):
        for token in case.tokens:
            assert program.step(state, token) == model.step(state, token)


def test_thoughts_that_matter_are_seen_by_a_check() -> None:
    """Online and offline are two models: composition forgets its blocks offline."""
    report = check(to_ssm(FunctionComposition(3)), offline(to_ssm(FunctionComposition(3))))
    assert report.equal is False and report.witness is not None and report.witness.shortest
    again = check(
        to_ssm(FunctionComposition(3)), offline(to_ssm(FunctionComposition(3))), stream=report.witness.tokens
    )
    assert again.witness is not None and again.witness.tokens == report.witness.tokens


def test_each_changed_weight_has_a_shortest_witness_or_is_harmless() -> None:
    """A mutant that the exhaustive check finds equal gives the same answers from every state."""
    model = popcount(bits=2)
    program, harmless, different = ssm_to_program(model), 0, 0
    for mutant in single_weight_mutants(model):
        if mutant.model is None:
            assert "must be zero-one" in mutant.refusal
            continue
        report = check(program, mutant.model, method="exhaust")
        if report.equal:
            harmless += 1
            assert same_answers(model, mutant.model), mutant.label
            continue
        assert report.equal is False and report.witness is not None and report.witness.shortest, mutant.label
        different += 1
        again = check(program, mutant.model, stream=report.witness.tokens)
        assert again.witness is not None and again.witness.tokens == report.witness.tokens, mutant.label
    assert (different, harmless) == (70, 4)


def same_answers(a: SSM, b: SSM) -> bool:
    """Return whether every state with every token gives one answer, and the beginning too."""
    steps = [(state, token) for state in every(a.state) for token in every(a.fields)]
    return a.begin() == b.begin() and all(a.step(*step)[1] == b.step(*step)[1] for step in steps)


def test_sides_that_have_no_answer_before_the_first_token_are_compared_after_it() -> None:
    """Neither is ready at the start; a difference after tokens must not be taken for a kernel's fault."""
    a, b = popcount(most=2, init=15), popcount(most=1, init=15)
    assert side_of(a).begin is side_of(b).begin is None
    for method in ("exhaust", "sample"):
        report = check(a, b, method=method, **options_for(method, {"tokens": 10**4}))
        assert report.equal is False and report.witness is not None
        assert len(report.witness.tokens) == 1
        assert "popcount is not ready after 1 thoughts" in str(report.witness.outputs[1])
    assert check(a, popcount(most=2, init=15), method="exhaust").equal is True
