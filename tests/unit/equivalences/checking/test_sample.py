"""Sampling: all ways to run a side are compared, witnesses replay, and a seed is deterministic."""

from __future__ import annotations

import pytest

from streamssm.algorithms import FunctionComposition, SaturatingCounter
from streamssm.equivalences.check import check
from streamssm.equivalences.to_ssm import to_ssm
from tests.models import random_model
from tests.mutants import mutant_of
from tests.wrong_classes import ForgetfulComposition, UpAndDown, WrappingCounter


def test_a_model_runs_both_ways_and_all_its_relus_both_ways() -> None:
    algorithm = FunctionComposition(1 << 20)
    report = check(algorithm.program(), to_ssm(algorithm), method="sample", tokens=10**6)
    assert report.equal
    assert report.b.ran == ("weights", "fused")
    assert report.details["tokens"] >= 10**6
    assert report.details["relus_not_seen_both_ways"] == []


def test_relus_that_were_not_seen_both_ways_are_named() -> None:
    algorithm = SaturatingCounter(1 << 20)
    report = check(algorithm.program(), to_ssm(algorithm), method="sample", tokens=4096 * 4)
    assert report.equal
    assert len(report.details["relus_not_seen_both_ways"]) == 1  # the limit is a million events away


@pytest.mark.parametrize(
    "right", [FunctionComposition(1 << 20), SaturatingCounter(200)], ids=lambda a: type(a).__name__
)
def test_a_model_of_the_wrong_algorithm_is_told_apart(right: object) -> None:
    wrong = ForgetfulComposition(1 << 20) if isinstance(right, FunctionComposition) else WrappingCounter(200)
    report = check(right, to_ssm(wrong), method="sample")
    assert report.equal is False and report.witness is not None
    assert report.witness.position == (2 if isinstance(right, FunctionComposition) else 201)


def test_the_seed_decides() -> None:
    a, b = SaturatingCounter(200).program(), WrappingCounter(200).program()
    one, again, other = (check(a, b, method="sample", seed=seed) for seed in (5, 5, 6))
    assert one.details == again.details
    assert one.details != other.details


@pytest.mark.parametrize("seed", range(12))
def test_models_that_stop_are_compared_where_they_stop(seed: int) -> None:
    model = random_model(seed)
    assert check(model, model, method="sample", tokens=4096 * 8).equal
    mutant = mutant_of(model, seed)
    if mutant is None:
        return
    searched = check(model, mutant, method="exhaust", max_transitions=10**6)
    sampled = check(model, mutant, method="sample", tokens=4096 * 8)
    assert searched.equal is not True or sampled.equal is True
    if sampled.witness is not None and searched.witness is not None and sampled.witness.shortest:
        assert sampled.witness.position == searched.witness.position


def test_states_that_a_random_walk_hardly_reaches_are_sampled() -> None:
    a, b = UpAndDown(150, deviant=False).program(), UpAndDown(150, deviant=True).program()
    report = check(a, b, method="sample", tokens=10**6)
    assert report.witness is not None
    assert report.witness.tokens == ((1,),) * 150


def test_streams_and_tokens_are_counted_as_they_were_run() -> None:
    program = SaturatingCounter(3).program()
    report = check(program, program, method="sample", tokens=1)
    assert (report.covers, report.details["tokens"], report.details["streams"]) == ("1 sampled streams", 1, 1)
