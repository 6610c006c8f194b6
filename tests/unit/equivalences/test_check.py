"""Planted faults get a witness, a shortest one where that can be known; equal sides are equal."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from streamssm.algorithms import FunctionComposition, SaturatingCounter
from streamssm.equivalences.check import check
from streamssm.equivalences.checking.check_options import options_for
from streamssm.equivalences.checking.stream_text import parse_stream
from streamssm.errors import NotEquivalentError, ParameterError, TokenError
from tests.wrong_classes import (
    ForgetfulComposition,
    LateStart,
    NeedleInHaystack,
    RaisingCounter,
    WideCounter,
    WrappingCounter,
)

METHODS = ("exhaust", "sample", "auto")


def kinds(algorithm: Any) -> list[Any]:
    return [algorithm, algorithm.program()]


@pytest.mark.parametrize("b", kinds(FunctionComposition(6)), ids=["class", "program"])
@pytest.mark.parametrize("a", kinds(FunctionComposition(6)), ids=["class", "program"])
def test_equal_on_every_stream(a: Any, b: Any) -> None:
    report = check(a, b, method="exhaust")
    assert (report.equal, report.covers, report.memory_equal, report.witness) == (
        True,
        "every stream",
        True,
        None,
    )
    searched = report.details["searches"][0]
    assert (searched["states"], searched["transitions"]) == (36, 36 * 72)
    report.raise_if_different()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("in_python", [True, False])
def test_a_fault_gets_a_shortest_witness(method: str, in_python: bool) -> None:
    a, b = FunctionComposition(6), ForgetfulComposition(6)
    report = check(a if in_python else a.program(), b.program(), method=method)
    assert report.equal is False and report.witness is not None
    assert report.witness.shortest
    assert report.witness.position == 2  # an image for the value, then another key at the end of the block


@pytest.mark.parametrize("method", METHODS)
def test_a_deep_fault_gets_a_shortest_witness(method: str) -> None:
    report = check(SaturatingCounter(255).program(), WrappingCounter(255).program(), method=method)
    assert report.witness is not None
    assert report.witness.tokens == ((1,),) * 256
    assert report.witness.shortest
    assert report.witness.outputs == ((255,), (0,))


@pytest.mark.parametrize("method", METHODS)
def test_a_class_that_raises_differs_from_one_that_does_not(method: str) -> None:
    report = check(SaturatingCounter(20), RaisingCounter(20), method=method)
    assert report.witness is not None
    assert report.witness.tokens == ((1,),) * 21
    assert report.witness.outputs[1] == "register 'count' must stay in [0, 20], not become 21"


@pytest.mark.parametrize("method", METHODS)
def test_two_sides_that_stop_together_are_equal(method: str) -> None:
    assert check(
        RaisingCounter(20), RaisingCounter(20), method=method, **options_for(method, {"tokens": 10_000})
    ).equal


@pytest.mark.parametrize("method", METHODS)
def test_a_difference_before_the_first_token(method: str) -> None:
    report = check(SaturatingCounter(3), LateStart(3), method=method)
    assert report.witness is not None
    assert (report.witness.tokens, report.witness.outputs) == ((), ((0,), (1,)))


def test_equal_outputs_in_more_memory() -> None:
    report = check(SaturatingCounter(7), WideCounter(7))
    assert (report.equal, report.memory_equal) == (True, False)
    assert (report.memory.bits_a, report.memory.bits_b) == (3, 4)
    with pytest.raises(NotEquivalentError):
        report.raise_if_different()


def test_sampling_finds_equality_off_by_one_in_a_large_range() -> None:
    n = 1 << 40
    report = check(
        NeedleInHaystack(n, 0).program(), NeedleInHaystack(n, 1).program(), method="sample", tokens=10**5
    )
    assert report.witness is not None
    assert report.witness.tokens == ((0, 0),)
    assert report.witness.shortest


def test_a_bound_leaves_the_answer_open_and_says_what_was_covered() -> None:
    a, b = SaturatingCounter(255), WrappingCounter(255)
    for x, y in ((a, b), (a.program(), b.program())):
        report = check(x, y, method="exhaust", max_transitions=200)
        assert (report.equal, report.covers) == (None, "every stream up to length 100")


def test_auto_samples_what_it_cannot_search() -> None:
    program = FunctionComposition(1 << 20).program()
    report = check(program, program, tokens=10_000)
    assert (report.equal, report.method) == (True, "sample")
    assert report.covers == f"{report.details['streams']} sampled streams"


def test_a_witness_replays() -> None:
    a, b = FunctionComposition(6), ForgetfulComposition(6)
    report = check(a, b, command=("streamssm", "check", "my algorithm", "other"))
    assert report.witness is not None
    *start, option, text = shlex.split(report.witness.replay)
    assert (start, option) == (["streamssm", "check", "my algorithm", "other"], "--stream")
    again = check(a, b, stream=parse_stream(text))
    assert (again.equal, again.method) == (False, "replay")
    assert again.witness is not None and again.witness.tokens == report.witness.tokens
    assert not check(a, b, stream=report.witness.tokens[:-1]).witness


def test_a_stream_to_replay_must_fit_the_fields() -> None:
    with pytest.raises(TokenError, match=r"^token 1: field 'event' must be in \[0, 1\], not 2$"):
        check(SaturatingCounter(3), SaturatingCounter(3), stream=[(1,), (2,)])


def test_a_report_is_plain_data_and_readable() -> None:
    report = check(SaturatingCounter(255), WrappingCounter(255))
    data = json.loads(json.dumps(report.to_dict()))
    assert data["equal"] is False
    assert data["memory"]["bits"] == {"a": 8, "b": 8}
    assert data["witness"]["position"] == 256
    assert len(str(report).splitlines()) < 50


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "guess"}, "method must be one of auto, sample, exhaust, prove, certificate, not 'guess'"),
        ({"method": "sample", "tokens": 0}, "tokens must be at least 1, not 0"),
        ({"method": "exhaust", "max_transitions": 0}, "max_transitions must be at least 1, not 0"),
        ({"seed": -1}, "seed must be at least 0, not -1"),
    ],
)
def test_bad_options_are_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        check(SaturatingCounter(3), SaturatingCounter(3), **options)
    assert str(caught.value) == message
