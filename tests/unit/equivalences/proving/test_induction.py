"""A counterexample to induction is completed where the solver's answer leaves variables open."""

from __future__ import annotations

import pytest

from streamssm.algorithms import ModularCounter
from streamssm.equivalences.proving.arithmetic_expressions import Mod
from streamssm.equivalences.proving.expression import WordRef
from streamssm.equivalences.proving.induction import Prover, _Attempt
from streamssm.equivalences.proving.lemmas import Lemmas
from streamssm.equivalences.proving.programs import ProgramSystem
from streamssm.equivalences.proving.relation import Relation
from streamssm.equivalences.proving.state_claims import Same
from streamssm.equivalences.smt.solver import Solver, SolverAnswer

RELATION = Relation((Same(WordRef("b", 0), Mod(WordRef("a", 0), 3)),))


@pytest.mark.parametrize("values", [{}, {"a0": 4}, {"a0": 5, "x0": 1}])
def test_open_variables_get_a_value_of_their_range(values: dict[str, int]) -> None:
    a, b = (ProgramSystem(ModularCounter(m).program()) for m in (6, 3))
    with Solver(1) as solver:
        attempt = _Attempt(Prover(a, b, solver, Lemmas(solver)), RELATION)
        counterexample = attempt._decode("outputs are equal", SolverAnswer("sat", "", 0.0, values))
    assert RELATION.holds({"a": counterexample.a, "b": counterexample.b})
    assert counterexample.a == (values.get("a0", 0),) and len(counterexample.token) == len(a.fields)
    assert all(w.range.holds(x) for w, x in zip(a.fields, counterexample.token, strict=True))
