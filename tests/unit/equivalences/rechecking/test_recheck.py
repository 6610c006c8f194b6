"""A re-check confirms what is a proof, refutes what is none, and says what it left open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from streamssm.algorithms import FunctionComposition, MisraGries, SlidingSum
from streamssm.equivalences.check import check
from streamssm.equivalences.check_assumptions import check_assumptions
from streamssm.equivalences.rechecking import confirm, solver_pool
from streamssm.equivalences.rechecking.deciding import RecheckVerdict, SolverEffort
from streamssm.equivalences.rechecking.gadget_lemmas import GadgetLemmas
from streamssm.equivalences.rechecking.invariant_recheck import recheck_invariant
from streamssm.equivalences.rechecking.recheck import recheck
from streamssm.equivalences.rechecking.solver_pool import SOLVERS, SolverPool
from streamssm.equivalences.ssm_to_program import ssm_to_program
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ParameterError, ProofError
from streamssm.program.program import Program
from streamssm.ssm.model import SSM
from streamssm.ssm.network import Gadget
from streamssm.ssm.weights import weight_sites, with_changed_weight
from tests.case import Case
from tests.cases import CASES
from tests.layered_models import layered_model
from tests.soak import SOAK, examples

pytest.importorskip("bitwuzla", reason="the extra prove")
pytest.importorskip("z3", reason="the extra prove")

QUICK = SolverEffort(question_seconds=1.0, seconds=4.0)
EQUAL = [["same", ["a", 0], ["b", 0]], ["same", ["a", 1], ["b", 1]]]


def composition(n: int = 8) -> tuple[Program, SSM]:
    program = FunctionComposition(n).program()
    return program, to_ssm(program)


def by_name(program: Program) -> list[Any]:
    return [["same", ["a", i], ["b", i]] for i in range(len(program.registers))]


def gadgets_of(model: SSM) -> Iterator[Gadget]:
    for layer in model.layers:
        yield from (*layer.gates.gadgets, *layer.readout.gadgets)


@pytest.mark.parametrize("n", [2, 3, 8, 1024, 1 << 20])
def test_a_proof_is_confirmed_by_both_solvers(n: int) -> None:
    program, model = composition(n)
    for other in (model, ssm_to_program(model)):
        outcome = recheck(program, other, EQUAL)
        assert outcome.verdict is RecheckVerdict.CONFIRMED, outcome
        assert outcome.questions > 0 and set(outcome.by.values()) == {outcome.questions}
        assert str(outcome).startswith("confirmed by bitwuzla ")


@pytest.mark.parametrize("case", [c for c in CASES if c.memory_bits <= 8], ids=lambda case: case.name)
def test_library(case: Case) -> None:
    """Correct translations are never refuted, with the relation that the prover tries first."""
    program = case.make().program()
    for other in (model := to_ssm(program), ssm_to_program(model)):
        assert recheck(program, other, by_name(program), QUICK).verdict in (
            RecheckVerdict.CONFIRMED,
            RecheckVerdict.UNDECIDED,
        )


def test_arrays_and_lemmas() -> None:
    program = MisraGries(n=4, counters=2, limit=3).program()
    outcome = recheck(program, to_ssm(program), by_name(program))
    assert (outcome.verdict, outcome.reason) == (RecheckVerdict.CONFIRMED, "") and outcome.lemmas > 10


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        (EQUAL[:1], "violated obligation: outputs are equal"),
        ([], "violated obligation: outputs are equal"),
        ([*EQUAL, ["same", ["a", 0], 1]], "the initial states are not related by ['same', ['a', 0], 1]"),
        ([*EQUAL, ["within", ["a", 1], 0, 6]], "violated obligation: the relation is kept"),
    ],
)
def test_a_relation_that_proves_nothing(claims: list[Any], reason: str) -> None:
    outcome = recheck(*composition(), claims)
    assert (outcome.verdict, outcome.reason) == (RecheckVerdict.REFUTED, reason)


def test_changed_weights_that_matter_are_refuted() -> None:
    """The weights are read, not what gadgets are called: search says which changes matter."""
    program, model = composition(3)
    refuted = 0
    sites = list(weight_sites(model))
    for number, site in enumerate(sites if SOAK else sites[::3]):
        changed = with_changed_weight(model, site, 1 if number % 2 else -1)
        equal = check(program, changed, method="exhaust", by=("weights",)).equal
        outcome = recheck(program, changed, EQUAL)
        refuted += outcome.verdict is RecheckVerdict.REFUTED
        assert outcome.verdict is not (RecheckVerdict.REFUTED if equal else RecheckVerdict.CONFIRMED), site
    assert refuted >= 10


def test_gadgets_with_a_wrong_meaning_stand_by_their_weights() -> None:
    """A gadget whose kind says something else has no lemma, and the model is still what its weights are."""
    program, model = composition(4)
    (layer,) = model.layers
    wrong = tuple(replace(g, kind="ge" if g.kind == "eq" else g.kind) for g in layer.readout.gadgets)
    renamed = replace(model, layers=(replace(layer, readout=replace(layer.readout, gadgets=wrong)),))
    assert any(g.kind == "ge" for g in gadgets_of(renamed))
    assert recheck(program, renamed, EQUAL).verdict is RecheckVerdict.CONFIRMED
    assert recheck(program, renamed, EQUAL).lemmas < recheck(program, model, EQUAL).lemmas


def test_lemmas_hold_of_weights_alone() -> None:
    with SolverPool() as pool:
        lemmas = GadgetLemmas(pool, 10.0, float("inf"))
        for gadget in gadgets_of(to_ssm(FunctionComposition(1 << 20).program())):
            if gadget.hidden:
                assert lemmas.meaning_of(gadget) is not None
                changed = replace(gadget, output=replace(gadget.output, bias=gadget.output.bias + 1))
                assert lemmas.meaning_of(changed) is None


@pytest.mark.parametrize("seed", range(examples(12)))
def test_random_layers_against_themselves_and_changed(seed: int) -> None:
    """No model is refuted against itself; a changed one is never confirmed where a step differs."""
    model = layered_model(Random(seed))
    if len(model.state) > 12:
        model = layered_model(Random(seed + 10_000))
    claims = [["same", ["a", i], ["b", i]] for i in range(len(model.state))]
    assert recheck(model, model, claims, SolverEffort(2.0, 10.0)).verdict in (
        RecheckVerdict.CONFIRMED,
        RecheckVerdict.UNDECIDED,
    )


# budgets and solvers


def test_what_is_too_large_is_skipped() -> None:
    outcome = recheck(*composition(), EQUAL, SolverEffort(definitions=20))
    assert (outcome.verdict, str(outcome)) == (
        RecheckVerdict.SKIPPED,
        "skipped: a step takes more than 20 definitions",
    )


def test_no_time_decides_nothing() -> None:
    outcome = recheck(*composition(1 << 20), EQUAL, SolverEffort(seconds=0.0))
    assert outcome.verdict is RecheckVerdict.UNDECIDED and outcome.reason.startswith(
        "no answer in time for the obligation: "
    )


class Liar(SolverPool):
    """The second solver contradicts the first."""

    def _answers(self, script: str, seconds: float) -> dict[str, dict[str, Any]]:
        first, second = SOLVERS
        return {first: {"result": "unsat"}, second: {"result": "sat", "values": {}}}


def test_solvers_that_contradict_each_other_are_an_error() -> None:
    with Liar() as pool, pytest.raises(ProofError, match="z3 and bitwuzla contradict each other"):
        pool.ask("(set-logic QF_BV)", 1.0)


def test_one_solver_that_is_lost_leaves_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    send = solver_pool._Child.send

    def broken(self: Any, script: str) -> None:
        if self.solver == "z3":
            self.process.kill()
            self.process.wait()
        send(self, script)

    monkeypatch.setattr(solver_pool._Child, "send", broken)
    outcome = recheck(*composition(), EQUAL)
    assert outcome.verdict is RecheckVerdict.CONFIRMED and outcome.by["z3"] == 0
    assert "z3" not in str(outcome)


def test_the_first_answer_does_not_wait_long_for_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver_pool, "LEAST_PATIENCE", 0.0)
    monkeypatch.setattr(solver_pool, "PATIENCE", 1.0)
    assert recheck(*composition(), EQUAL).verdict is RecheckVerdict.CONFIRMED


def test_without_the_second_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirm, "missing_solvers", lambda: "z3-solver")
    report = check(*composition(), method="prove")
    summary = "skipped: z3-solver is not installed: pip install streamssm[prove]"
    assert report.equal and report.details["re-check"]["summary"] == summary
    monkeypatch.setattr(solver_pool, "missing_solvers", lambda: "z3-solver")
    with pytest.raises(ParameterError, match="the re-check of a proof needs z3-solver"):
        check(*composition(), method="prove", recheck=True)


# reports


def test_a_report_says_what_was_re_checked() -> None:
    report = check(*composition(), method="prove", recheck=True)
    outcome: Mapping[str, Any] = report.details["re-check"]
    assert (outcome["verdict"], outcome["reason"]) == ("confirmed", "")
    assert outcome["by"] == {"bitwuzla": outcome["questions"], "z3": outcome["questions"]}
    assert "re-check confirmed by bitwuzla" in str(report)
    assert check(*composition(), method="prove", recheck=False).details["re-check"]["summary"] == (
        "skipped: not requested"
    )


def test_a_proof_that_is_refuted_is_an_error() -> None:
    program, model = composition()
    with pytest.raises(
        ProofError, match="outputs are equal at a0 = .*: the proof is wrong, which is a fault"
    ):
        confirm.rechecked((program, model), [], SolverEffort())


# assumptions


def test_an_invariant_is_re_checked() -> None:
    algorithm = SlidingSum(n=4, window=3)
    (finding,) = check_assumptions(algorithm).findings
    assert finding.recheck.startswith("confirmed by bitwuzla")
    assert check_assumptions(algorithm, recheck=False).findings[0].recheck == "skipped: not requested"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "violated obligation: the assumption follows from the invariant"),
        ([["within", ["a", 0], 0, 3]], "violated obligation: the invariant is kept"),
        ([["same", ["a", 0], 1]], "the invariant does not hold at the start: ['same', ['a', 0], 1]"),
    ],
)
def test_what_is_no_invariant(rows: list[Any], reason: str) -> None:
    program = SlidingSum(n=4, window=3).program()
    outcome = recheck_invariant(program, rows, program.assumptions[0])
    assert (outcome.verdict, outcome.reason) == (RecheckVerdict.REFUTED, reason)
