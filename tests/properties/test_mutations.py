"""One weight changed by one: `check` finds a witness, or shows that the change is harmless; it misses none.

With some changes there is no model, and the error says so: it would not be ready before the first token.
Which changes are harmful for large n is taken from n = 8, where exhaust decides; models of one shape have
the same labels.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from streamssm.algorithms import FunctionComposition, SaturatingCounter
from streamssm.equivalences.check import Report, check
from streamssm.equivalences.checking.mutate import single_weight_mutants
from streamssm.equivalences.translate import to_ssm
from streamssm.program.program import Program

NOT_READY = "must be ready before the first token"
SEARCHED = [
    pytest.param(FunctionComposition(8), id="composition 8"),
    pytest.param(SaturatingCounter(255), id="counter 255"),
    pytest.param(FunctionComposition(64), id="composition 64"),
]


def reports(program: Program, **options: Any) -> Iterator[tuple[str, Report]]:
    """Check every mutant of a program's model against the program."""
    for mutant in single_weight_mutants(to_ssm(program)):
        if mutant.model is None:
            assert NOT_READY in mutant.refusal, mutant
        else:
            yield mutant.label, check(program, mutant.model, **options)


@pytest.mark.parametrize("algorithm", SEARCHED)
def test_each_change_has_a_shortest_witness_or_is_harmless(algorithm: Any) -> None:
    program = algorithm.program()
    mutants = {mutant.label: mutant.model for mutant in single_weight_mutants(to_ssm(program))}
    harmless = []
    for label, report in reports(program, method="exhaust"):
        assert report.equal is not None, label
        if report.equal:
            assert report.covers == "every stream", label
            harmless.append(label)
            continue
        assert report.witness is not None and report.witness.shortest, label
        again = check(program, mutants[label], stream=report.witness.tokens)
        assert again.witness is not None and again.witness.tokens == report.witness.tokens, label
    assert len(harmless) == 2  # a model whose ready flag is 2 after a thought, or at the start, is as ready


def test_sampling_finds_the_harmful_changes_at_a_size_that_cannot_be_searched() -> None:
    harmful = {label for label, report in reports(FunctionComposition(8).program()) if report.equal is False}
    large = FunctionComposition(65_536).program()
    found = {
        label for label, report in reports(large, method="sample", tokens=10**6) if report.equal is False
    }
    assert len(found & harmful) >= 0.95 * len(harmful)


def test_deep_faults_are_sampled_too() -> None:
    program = SaturatingCounter(255).program()
    harmful = {label for label, report in reports(program, method="exhaust") if report.equal is False}
    found = {
        label for label, report in reports(program, method="sample", tokens=10**6) if report.equal is False
    }
    assert found == harmful
