"""A step as terms is what the reference interpreter does, value by value, and so is the solver's text."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from streamssm.equivalences.proving.lemmas import Lemmas
from streamssm.equivalences.proving.networks import Ranges
from streamssm.equivalences.proving.prove import system_of
from streamssm.equivalences.proving.transition_system import Context, SymbolicStep
from streamssm.equivalences.smt.evaluation import evaluate, values_of
from streamssm.equivalences.smt.solver import Solver
from streamssm.equivalences.smt.term import Term
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import PrecisionError
from streamssm.ir.words import Word
from streamssm.program.program import Program
from streamssm.ssm.model import SSM
from tests.cases import CASES
from tests.layered_models import layered_model
from tests.models import random_model, random_mutant
from tests.random_classes import random_class
from tests.random_layered import random_layered
from tests.soak import examples

pytest.importorskip("bitwuzla", reason="the extra prove")

TRIED = 12
MODELS = examples(30)

Values = tuple[int, ...]


class Built:
    """A step of an artefact over variables for state and token."""

    def __init__(self, artefact: Program | SSM, solver: Solver) -> None:
        self.artefact = artefact
        self.terms = Terms()
        context = Context(self.terms, Lemmas(solver), Ranges(self.terms, solver, ()))
        self.system = system_of(artefact)
        self.inputs = [
            self.terms.var(f"{side}{i}", word.range)
            for side, words in (("s", self.system.words), ("x", self.system.fields))
            for i, word in enumerate(words)
        ]
        count = len(self.system.words)
        self.step: SymbolicStep = self.system.step(context, self.inputs[:count], self.inputs[count:])

    @property
    def roots(self) -> list[Term]:
        return [*self.step.state, *self.step.outputs]

    def require(self, state: Values, token: Values) -> Values | None:
        """Compare the terms with the interpreter; return what it gives, None for an error."""
        given = {}
        for term, value in zip(self.inputs, (*state, *token), strict=True):
            if not term.is_const:
                given[term.name] = value
        values = values_of([*self.roots, self.step.failed, *self.step.traps], given)
        assert all(term.range.holds(value) for term, value in values.items())
        assert not any(values[trap] for trap in self.step.traps)
        try:
            after, outputs = self.artefact.step(state, token)
        except PrecisionError:
            assert values[self.step.failed] == 1
            return None
        assert values[self.step.failed] == 0
        assert tuple(values[root] for root in self.roots) == (*after, *outputs)
        return (*after, *outputs)

    def asked(self, state: Values, token: Values, expected: Values) -> list[Term]:
        """Return the question whether the inputs are these and a result is not what was found."""
        t = self.terms
        inputs = [t.eq0(t.shifted(x, -v)) for x, v in zip(self.inputs, (*state, *token), strict=True)]
        results = zip(self.roots, expected, strict=True)
        return [*inputs, t.or_(t.not_(t.eq0(t.shifted(x, -v))) for x, v in results)]


def drawn(draw: Random, words: Sequence[Word]) -> Values:
    return tuple(draw.choice((w.range.lo, w.range.hi, draw.randint(w.range.lo, w.range.hi))) for w in words)


def require_steps(artefact: Program | SSM, solver: Solver) -> None:
    built, draw = Built(artefact, solver), Random(0)
    for number in range(TRIED):
        state, token = drawn(draw, built.system.words), drawn(draw, built.system.fields)
        expected = built.require(state, token)
        if expected is not None and number < 2:
            assert solver.ask(built.asked(state, token, expected)).result == "unsat"


@pytest.fixture(scope="module")
def solver() -> Any:
    with Solver(60) as found:
        yield found


@pytest.mark.parametrize("case", [c for c in CASES if not c.large], ids=lambda case: case.name)
def test_programs_and_models_of_cases(case: Any, solver: Solver) -> None:
    program = case.make().program()
    require_steps(program, solver)
    require_steps(to_ssm(program), solver)


@pytest.mark.soak
def test_random_classes(solver: Solver) -> None:
    for seed in range(examples(12)):
        require_steps(random_class(seed)().program(), solver)


@pytest.mark.soak
def test_random_models_of_every_thought_mode(solver: Solver) -> None:
    for seed in range(MODELS):
        require_steps(random_model(seed), solver)
        require_steps(random_mutant(seed), solver)


@pytest.mark.soak
def test_random_layers_of_every_kind(solver: Solver) -> None:
    for seed in range(MODELS):
        require_steps(layered_model(Random(seed)), solver)


@pytest.mark.soak
def test_random_programs_that_become_layers(solver: Solver) -> None:
    for seed in range(examples(8)):
        program = random_layered(Random(seed))
        require_steps(to_ssm(program, cot="none"), solver)


def test_values_of_a_long_sum() -> None:
    t = Terms()
    x = t.var("x", Terms().const(0).range.hull(Terms().const(255).range))
    total = t.sum(3, [(t.extract(x, bit, 1), 1 << bit) for bit in range(8)])
    assert total is t.shifted(x, 3)
    assert evaluate([total], {"x": 77}) == [80]
