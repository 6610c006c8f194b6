"""Options of `check`: each method takes its own, names the others' methods, and former names still work."""

from __future__ import annotations

from typing import Any

import pytest

from streamssm.algorithms import SaturatingCounter
from streamssm.equivalences.check import METHODS, check
from streamssm.equivalences.checking.check_options import GROUPS, options_for, options_of
from streamssm.errors import ParameterError

VALUES: dict[str, Any] = {
    "max_transitions": 7,
    "tokens": 7,
    "timeout": 7.0,
    "certificate": "no/such/file.json",
    "recheck": True,
    "on_obligation": print,
}
TAKEN = {
    "auto": {"max_transitions", "tokens"},
    "exhaust": {"max_transitions"},
    "sample": {"tokens"},
    "prove": {"timeout", "certificate", "recheck", "on_obligation"},
    "certificate": {"timeout", "certificate", "recheck", "on_obligation"},
}


def test_every_method_has_its_groups() -> None:
    assert set(METHODS) == set(GROUPS) == set(TAKEN)


@pytest.mark.parametrize("method", TAKEN)
@pytest.mark.parametrize("name", VALUES)
def test_an_option_of_another_method_is_refused_and_one_left_out_is_not(method: str, name: str) -> None:
    if name in TAKEN[method]:
        return
    counter = SaturatingCounter(3)
    others = " or ".join(repr(other) for other in GROUPS if name in TAKEN[other])
    with pytest.raises(ParameterError, match=f"^{name} is an option of method {others}, not of '{method}'$"):
        check(counter, counter, method=method, **{name: VALUES[name]})
    if method != "certificate":
        options_of(method, {name: None})


@pytest.mark.parametrize("method", TAKEN)
def test_options_for_a_method_are_its_own_and_those_of_every_method(method: str) -> None:
    assert set(options_for(method, {**VALUES, "seed": 1})) == TAKEN[method] | {"seed"}


@pytest.mark.parametrize(
    ("method", "option", "message"),
    [
        ("exhaust", {"max_transitions": 0}, "max_transitions must be at least 1, not 0"),
        ("auto", {"tokens": 0}, "tokens must be at least 1, not 0"),
        ("sample", {"tokes": 3}, "check has no option 'tokes'"),
        ("guess", {}, "method must be one of auto, sample, exhaust, prove, certificate, not 'guess'"),
    ],
)
def test_bad_options(method: str, option: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        check(SaturatingCounter(3), SaturatingCounter(3), method=method, **option)


def test_the_former_name_of_on_obligation_works_with_a_warning() -> None:
    decided: list[object] = []
    with pytest.warns(DeprecationWarning, match=r"^check\(told=\) is now on_obligation=$"):
        options = options_of("prove", {"told": decided.append})
    assert options.proof.on_obligation == decided.append
