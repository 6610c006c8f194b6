"""The SMT-LIB text agrees with the terms: each value of every step is confirmed by one query."""

from __future__ import annotations

from random import Random

import pytest

import streamssm as ss
from streamssm.equivalences.proving.lemmas import Lemmas
from streamssm.equivalences.proving.networks import Ranges
from streamssm.equivalences.proving.prove import system_of
from streamssm.equivalences.proving.transition_system import Context
from streamssm.equivalences.smt.solver import Solver
from streamssm.equivalences.smt.term import Kind, Term
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.ranges import Range
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
            pairs = zip((*step.state, *step.outputs), (*after, *outputs), strict=True)
            same = t.and_([t.not_(step.failed), *(is_equal(t, term, value) for term, value in pairs)])
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


def test_leaves_are_asked_about_by_their_ranges_alone() -> None:
    t = Terms()
    x, y = (t.var(name, Range(0, 15)) for name in "xy")
    total = t.sum(3, [(x, 1), (y, 1)])
    conditions = [t.ge0(t.sum(-40, [(total, 2)])), t.eq0(t.sub(x, y))]
    with Solver(20) as solver:
        assert solver.ask([conditions[0], t.eq0(x)]).result == "unsat"
        assert solver.ask([conditions[0], t.eq0(x)], leaves=frozenset([conditions[0]])).result == "sat"
        assert solver.refute([*conditions, t.eq0(t.shifted(x, -3))]).result == "unsat"
        assert solver.refute(conditions).result == "sat"


def test_sums_of_many_terms() -> None:
    t, random = Terms(), Random(5)
    words = [t.var(f"w{i}", Range(random.randint(-9, 0), random.randint(1, 40))) for i in range(12)]
    with Solver(20) as solver:
        for _ in range(20):
            weights = [random.choice((1, -1, 3, -8, 1 << 40)) for _ in words]
            values = [random.randint(word.range.lo, word.range.hi) for word in words]
            total = sum(w * v for w, v in zip(weights, values, strict=True)) - 7
            term = t.sum(-7, zip(words, weights, strict=True))
            fixed = [is_equal(t, word, value) for word, value in zip(words, values, strict=True)]
            assert solver.ask([*fixed, is_equal(t, term, total)]).result == "sat"
            assert solver.ask([*fixed, t.not_(is_equal(t, term, total))]).result == "unsat"
