"""One weight changed by one: `check` finds a witness, or shows that the change is harmless; it misses none.

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
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.frontends.algorithm import Algorithm
from streamssm.program.program import Program


class StoppingCounter(Algorithm):
    """A counter that asks whether it is full: a fault there shows once it is, or nearly."""

    def __init__(self, limit):
        self.limit = limit
        self.tokens(event=2)
        self.count = self.register(limit + 1)

    def update(self, event):
        if event and self.count != self.limit:
            self.count += 1

    def output(self):
        return self.count


SEARCHED = [
    pytest.param(FunctionComposition(8), 2, 2, id="composition 8"),
    pytest.param(SaturatingCounter(255), 2, 2, id="counter 255"),
    pytest.param(StoppingCounter(255), 3, 256, id="counter 255 that stops"),
    pytest.param(FunctionComposition(64), 2, 2, id="composition 64"),
]


def reports(program: Program, **options: Any) -> Iterator[tuple[str, Report]]:
    """Check every mutant of a program's model against the program."""
    for mutant in single_weight_mutants(to_ssm(program)):
        assert mutant.model is not None, mutant
        yield mutant.label, check(program, mutant.model, **options)


@pytest.mark.parametrize(("algorithm", "num_harmless", "longest"), SEARCHED)
def test_each_change_has_a_shortest_witness_or_is_harmless(
    algorithm: Any, num_harmless: int, longest: int
) -> None:
    """A ready flag of 2 is as good as 1: two harmless changes; the third is a ReLU that is never active."""
    program = algorithm.program()
    mutants = {mutant.label: mutant.model for mutant in single_weight_mutants(to_ssm(program))}
    harmless, lengths = [], set()
    for label, report in reports(program, method="exhaust"):
        assert report.equal is not None, label
        if report.equal:
            assert report.covers == "every stream", label
            harmless.append(label)
            continue
        assert report.witness is not None and report.witness.shortest, label
        lengths.add(len(report.witness.tokens))
        again = check(program, mutants[label], stream=report.witness.tokens)
        assert again.witness is not None and again.witness.tokens == report.witness.tokens, label
    assert (len(harmless), max(lengths)) == (num_harmless, longest)


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
