"""What the solver is asked is what the terms mean: every step's values, one question for each."""

from __future__ import annotations

from random import Random

import pytest

import streamssm as ss
from streamssm.equivalences.proving.lemmas import Lemmas
from streamssm.equivalences.proving.networks import Ranges
from streamssm.equivalences.proving.prove import system_of
from streamssm.equivalences.proving.solver import Solver
from streamssm.equivalences.proving.systems import Context
from streamssm.equivalences.proving.term import Kind, Term
from streamssm.equivalences.proving.terms import Terms
from streamssm.program.program import Program
from streamssm.ssm.model import SSM
from tests.case import Case
from tests.cases import SMALL_CASES, each
from tests.layered_classes import LAYERED_CASES

pytest.importorskip("bitwuzla", reason="the extra prove")


def is_equal(t: Terms, term: Term, value: int) -> Term:
    return t.eq0(t.shifted(term, -value))


def require_step(artefact: Program | SSM, tries: int) -> None:
    """Fix the state and the token, and ask whether any result can differ from the reference's."""
    random = Random(3)
    words = artefact.state if isinstance(artefact, SSM) else artefact.registers
    with Solver(20) as solver:
        t = Terms()
        context = Context(t, Lemmas(solver), Ranges(t, solver, ()))
        state = [t.var(f"h{i}", word.range) for i, word in enumerate(words)]
        token = [t.var(f"x{i}", word.range) for i, word in enumerate(artefact.fields)]
        step = system_of(artefact).step(context, state, token)
        for _ in range(tries):
            at = [random.randint(term.range.lo, term.range.hi) for term in (*state, *token)]
            fixed = [is_equal(t, term, v) for term, v in zip((*state, *token), at, strict=True)]
            after, outputs = artefact.step(at[: len(state)], at[len(state) :])
            found = zip((*step.state, *step.outputs), (*after, *outputs), strict=True)
            same = t.and_([t.not_(step.failed), *(is_equal(t, term, value) for term, value in found)])
            if same.kind is not Kind.CONST:
                assert solver.ask([*fixed, same]).result == "sat"
                assert solver.ask([*fixed, t.not_(same)]).result == "unsat"


@each(tuple(case for case in SMALL_CASES if not case.assumes))
def test_steps_of_programs_and_models(case: Case) -> None:
    program = case.make().program()
    require_step(program, 4)
    require_step(ss.to_ssm(program), 4)


@pytest.mark.parametrize("case", [c for c in LAYERED_CASES if not c.large], ids=lambda case: case.name)
def test_steps_of_layers(case) -> None:
    require_step(ss.to_ssm(case.make(), cot="none"), 4)
