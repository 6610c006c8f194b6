"""Layers are proven equal to their classes, to the model with thoughts, and to layers of another kind."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

import streamssm as ss
from streamssm.algorithms import AddingComposition, BlockComposition
from streamssm.equivalences.check import check
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.frontends.algorithm import Algorithm
from tests.layered_classes import LAYERED_CASES, DelayLine

pytest.importorskip("bitwuzla", reason="the extra prove")

FORMULAS = ("Y Y Y Y Y a", "O(a & Y(b & Y(a & Y b)))", "Y (a S Y (b S Y (a S Y b)))", "(a S b) S (b S Y a)")


def require_proofs(*sides: Any) -> None:
    for a, b in combinations(sides, 2):
        report = check(a, b, method="prove", timeout=20.0)
        assert (report.equal, report.covers) == (True, "every stream"), report.details


@pytest.mark.parametrize("k", [1, 3, 8])
@pytest.mark.parametrize("make", [AddingComposition, BlockComposition])
def test_composition(make: Callable[[int, int], Algorithm], k: int) -> None:
    algorithm = make(1 << 20, k)
    layers = to_ssm(algorithm, cot="none")
    assert (layers.num_layers, layers.state_dim, layers.precision_bits) == (k + 1, 1, 20)
    require_proofs(algorithm, to_ssm(algorithm), layers)


@pytest.mark.parametrize("text", FORMULAS)
def test_past_ltl(text: str) -> None:
    language = ss.Language.from_past_ltl(text)
    layers = [to_ssm(language, cot="none", transition=kind) for kind in ("auto", "zero-one")]
    require_proofs(language, to_ssm(language), *layers)


@pytest.mark.parametrize("case", [c for c in LAYERED_CASES if c.zero_one], ids=lambda case: case.name)
def test_delays_of_two_kinds(case: Any) -> None:
    """Counters of the current run are functions of two bits of a delay line, which say what a bit was."""
    require_proofs(*(to_ssm(case.make(), cot="none", transition=kind) for kind in ("auto", "zero-one")))


class Both(ss.Algorithm):
    """Outputs 1 if the bit is 1 and was 1 before."""

    def __init__(self, first):
        self.tokens(x=2)
        self.last = self.register(2, init=first)
        self.before = self.register(2)

    def update(self, x):
        self.before = self.last
        self.last = x

    def output(self):
        return self.before & self.last


def test_counters_that_start_in_another_run_differ() -> None:
    line, runs = (to_ssm(Both(first=1), cot="none", transition=kind) for kind in ("auto", "zero-one"))
    require_proofs(line, runs)
    report = check(line, to_ssm(Both(first=0), cot="none", transition="zero-one"), method="prove")
    assert report.equal is False and report.witness is not None
    assert report.witness.tokens == ((1,),)


def test_a_certificate_of_claims_by_bits(tmp_path: Path) -> None:
    line, runs = (to_ssm(DelayLine(3), cot="none", transition=kind) for kind in ("auto", "zero-one"))
    file = str(tmp_path / "proof.json")
    report = check(line, runs, method="prove", certificate=file)
    assert (
        "b.run of 0 in a bit 0 = (2, 1, 0, 0) at bits 8 and 10 of a.a and 5 before"
        in (report.details["relation"])
    )
    again = check(line, runs, method="certificate", certificate=file)
    assert again.equal and again.details["certificate"] == "established"
