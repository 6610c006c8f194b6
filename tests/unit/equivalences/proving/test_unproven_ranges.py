"""A step that cannot be written as terms within their ranges leaves a proof open; nothing is equal by it."""

from __future__ import annotations

import pytest

import streamssm as ss
from streamssm.equivalences.proving.bounded_model_checking import bounded_search
from streamssm.equivalences.proving.induction import WRITTEN, Prover
from streamssm.equivalences.proving.lemmas import Lemmas
from streamssm.equivalences.proving.programs import ProgramSystem
from streamssm.equivalences.smt.solver import Solver
from streamssm.equivalences.smt.term import UnprovenRange
from streamssm.equivalences.smt.term_builder import Terms
from tests.rare_tables import Case

pytest.importorskip("bitwuzla", reason="the extra prove")

CASE = Case("output", "mod", -2, "max")


@pytest.fixture
def no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: object) -> None:
        raise UnprovenRange("an index must lie elsewhere")

    monkeypatch.setattr(Terms, "table", refused)


@pytest.mark.usefixtures("no_tables")
def test_the_answer_is_unknown_with_the_reason() -> None:
    for other in CASE.pair():
        report = ss.check(CASE.pair()[0], other, method="prove")
        assert report.equal is None
        (reason,) = report.details["not shown"]
        assert WRITTEN in reason and "an index must lie elsewhere" in reason


@pytest.mark.usefixtures("no_tables")
def test_no_stream_is_covered() -> None:
    with Solver(5) as solver:
        a, b = (ProgramSystem(program) for program in CASE.pair())
        result = bounded_search(Prover(a, b, solver, Lemmas(solver)), 5)
    assert (result.stream, result.depth) == (None, 0)
