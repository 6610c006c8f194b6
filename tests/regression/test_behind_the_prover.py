"""Where the prover was wrong, the re-check and the spot check each see it alone, whatever it says now."""

from __future__ import annotations

from typing import Any

import pytest

import streamssm as ss
from streamssm.equivalences.checking.sides import side_of
from streamssm.equivalences.rechecking.branch_check import BranchCheck
from streamssm.equivalences.rechecking.deciding import RecheckVerdict
from streamssm.equivalences.rechecking.recheck import recheck
from streamssm.program.program import Program
from streamssm.ssm.model import SSM
from tests.rare_tables import Case, cases

pytest.importorskip("bitwuzla", reason="the extra prove")
pytest.importorskip("z3", reason="the extra prove")

CASES = list(cases())[::4]
SECONDS = 10.0


def by_name(a: Program) -> list[Any]:
    """Return the relation that the prover tries first."""
    return [["same", ["a", i], ["b", i]] for i in range(len(a.registers))]


def require_refuted(a: Program, b: Program | SSM) -> None:
    assert recheck(a, b, by_name(a)).verdict is RecheckVerdict.REFUTED
    sides = side_of(a), side_of(b, ("weights",))
    assert BranchCheck(*sides, (a, b), by_name(a), seconds=SECONDS).run() is not None


@pytest.mark.parametrize("case", CASES, ids=str)
def test_programs_that_differ_on_two_tokens(case: Case) -> None:
    require_refuted(*case.pair())


@pytest.mark.parametrize("case", CASES[::6], ids=str)
def test_a_program_and_a_model_that_differ_on_two_tokens(case: Case) -> None:
    a, b = case.pair()
    require_refuted(a, ss.to_ssm(b))
