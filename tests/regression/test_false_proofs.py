"""A table was proved about by entries that Python counts from its end; no proof says that these are equal.

The range of an index was lost on the way to the table, which then began below its first entry.
"""

from __future__ import annotations

import pytest

import streamssm as ss
from tests.rare_tables import INDICES, POSITIONS, Case, cases, tokens

pytest.importorskip("bitwuzla", reason="the extra prove")

CASES = list(cases())
MODELS = [case for number, case in enumerate(CASES) if number % 6 == 0]


class Remainder(ss.Algorithm):
    """Shows a table at the remainder of a clamped word."""

    SHOWN = (0, 3, 4)
    KEPT = (0, 2, 4)

    def __init__(self):
        self.tokens(x=2**30)
        self.r = self.register((1, 4), init=2)

    def update(self, x):
        place = 1
        if x * 265443575 % 2**30 == 40503111:
            place = 0
        elif x * 265443575 % 2**30 == 40503112:
            place = 2
        self.r = max(1, self.KEPT[place])

    def output(self):
        return self.SHOWN[self.r % 3]


class Constant(Remainder):
    """Shows what the other does after all but two tokens."""

    def output(self):
        return 4


def require_different(a: object, b: object) -> None:
    report = ss.check(a, b, method="prove", timeout=30)
    assert report.equal is False
    assert report.witness is not None and report.witness.shortest
    ((x,),) = report.witness.tokens
    assert x in tokens()[1:]


def test_the_first_that_was_found() -> None:
    require_different(Remainder().program(), Constant().program())


def test_there_are_cases_of_every_kind() -> None:
    assert len(CASES) >= 60
    assert {case.position for case in CASES} == set(POSITIONS)
    assert {case.index for case in CASES} == set(INDICES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_programs_that_differ_on_two_tokens(case: Case) -> None:
    require_different(*case.pair())


@pytest.mark.parametrize("case", MODELS, ids=str)
def test_a_model_and_a_program_that_differ_on_two_tokens(case: Case) -> None:
    a, b = case.pair()
    require_different(ss.to_ssm(a), b)
    require_different(a, ss.to_ssm(b))


@pytest.mark.parametrize("case", CASES[::7], ids=str)
def test_a_program_is_equal_to_its_model(case: Case) -> None:
    """So that nothing is said to differ only because nothing is proven any more."""
    a, _ = case.pair()
    assert ss.check(a, ss.to_ssm(a), method="prove", timeout=30).covers == "every stream"
