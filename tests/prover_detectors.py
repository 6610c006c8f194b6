"""Independent detectors of planted faults in the prover; run in a process where one was planted.

A detector returns what it noticed, or an empty text. It looks for a number of seconds at most.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from streamssm.algorithms import (
    DGIM,
    BoyerMooreMajority,
    FunctionComposition,
    MisraGries,
    ModularCounter,
    SaturatingCounter,
)
from streamssm.equivalences.assumptions.assumption_report import AssumptionVerdict
from streamssm.equivalences.check_assumptions import check_assumptions
from streamssm.equivalences.checking.sides import side_of
from streamssm.equivalences.proving.lemmas import Lemmas
from streamssm.equivalences.proving.networks import Ranges
from streamssm.equivalences.proving.prove import system_of
from streamssm.equivalences.proving.transition_system import Context
from streamssm.equivalences.rechecking.branch_check import BranchCheck
from streamssm.equivalences.rechecking.deciding import RecheckVerdict, SolverEffort
from streamssm.equivalences.rechecking.recheck import recheck
from streamssm.equivalences.smt.solver import Solver
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ParameterError, StreamSSMError
from streamssm.ssm.model import SSM
from tests.gadget_detectors import lemmas, outside_of_claims
from tests.layered_models import layered_model
from tests.models import random_model, random_mutant
from tests.mutants import mutant_of
from tests.proofs_of_pairs import QUESTION_SECONDS, Late, Tally, at_most, pooled_solvers, proof_of, verdict
from tests.proofs_of_translations import TRANSLATIONS, against_translation
from tests.properties.test_proofs_of_mutants import claims_changed
from tests.random_assumptions import promising
from tests.random_pairs import Pair, random_pair, searched
from tests.step_values import require_step
from tests.value_detectors import facts, joins, questions, regions, relations, seeds, terms

Detector = Callable[[float], str]

ALGORITHMS = (
    FunctionComposition(4),
    SaturatingCounter(6),
    BoyerMooreMajority(3, 3),
    DGIM(4),
    MisraGries(2, 2, 2),
    ModularCounter(6),
)


def pairs_of_programs(seconds: float, question: float = QUESTION_SECONDS, kind: str = "") -> str:
    """Look for a false proof of a random pair, or of one of a kind."""
    tally = Tally()
    with pooled_solvers():
        for seed in seeds(seconds):
            pair = random_pair(seed)
            if pair is not None and kind in ("", pair.kind):
                tally.add(pair, question)
            if tally.wrong:
                return tally.wrong[0]
    return ""


def pairs_without_answers(seconds: float) -> str:
    """Look for a false proof where the solver has no time to answer."""
    return pairs_of_programs(seconds, question=1e-4)


def pairs_with_a_lock(seconds: float) -> str:
    """Look for a false proof of programs that differ in states which few streams reach."""
    return pairs_of_programs(seconds, kind="Locked")


def pairs_of_translations(seconds: float) -> str:
    wrong: list[str] = []
    with pooled_solvers():
        for seed in seeds(seconds):
            against_translation(seed // len(TRANSLATIONS), TRANSLATIONS[seed % len(TRANSLATIONS)], wrong)
            if wrong:
                return wrong[0]
    return ""


def steps(seconds: float) -> str:
    """Compare steps as terms with the reference interpreters, of programs and of models."""
    with Solver(1) as solver:
        for seed in seeds(seconds):
            random, pair = Random(seed), random_pair(seed) if seed % 3 else None
            artefact = pair.b if pair is not None else [random_model(seed), layered_model(random)][seed % 2]
            t = Terms()
            require_step(
                random, system_of(artefact), artefact, Context(t, Lemmas(solver), Ranges(t, solver, ()))
            )
    return ""


def mutants(seconds: float) -> str:
    """Look for a false proof of a model and one with another weight."""
    with pooled_solvers():
        for seed in seeds(seconds):
            a, b = _mutated(seed)
            if b is not None:
                said, _ = verdict(a, b)
                if said in ("equal", "different") and (said == "different") != searched(a, b):
                    return f"mutant {seed}: {said}"
    return ""


def _mutated(seed: int) -> tuple[object, SSM | None]:
    if seed % 3 == 0:
        return random_model(seed), random_mutant(seed)
    program, draw = ALGORITHMS[seed // 3 % len(ALGORITHMS)].program(), Random(seed)
    try:
        if seed % 3 == 1:
            return program, mutant_of(to_ssm(program), draw.randrange(10**6))
        return program, next(claims_changed(to_ssm(program), draw, 1), None)
    except ParameterError:
        return program, None


def promises(seconds: float) -> str:
    """Look for a promise that is proved and broken."""
    for seed in seeds(seconds):
        promise = promising(seed)
        if promise is not None and promise[1]:
            finding = check_assumptions(promise[0], timeout=0.5, max_transitions=500, tokens=500).findings[0]
            if finding.verdict is AssumptionVerdict.PROVED:
                return f"promise {seed} is broken and proved"
    return ""


def false_proofs(seconds: float) -> Iterator[tuple[Pair, list[Any]]]:
    """Yield pairs that differ and were proved equal, each with the relation of the proof."""
    with pooled_solvers():
        for seed in seeds(seconds):
            pair = random_pair(seed)
            if pair is not None and pair.differs:
                proof = proof_of(pair.a, pair.b)
                if proof is not None and proof.holds:
                    yield pair, proof.relation.to_list()


def rechecks(seconds: float) -> str:
    """Look for a false proof that the re-check refutes."""
    for pair, claims in false_proofs(seconds):
        if recheck(pair.a, pair.b, claims, SolverEffort(2.0, 10.0)).verdict is RecheckVerdict.REFUTED:
            return f"pair {pair.seed}: the proof is refuted"
    return ""


def spot_checks(seconds: float) -> str:
    """Look for a false proof that the spot check refutes."""
    for pair, claims in false_proofs(seconds):
        sides = side_of(pair.a, ("weights",)), side_of(pair.b, ("weights",))
        contradiction = BranchCheck(*sides, (pair.a, pair.b), claims).run()
        if contradiction is not None:
            return f"pair {pair.seed}: {contradiction.difference}"
    return ""


DETECTORS: dict[str, Detector] = {  # the quick ones first
    "terms": terms,
    "facts": facts,
    "regions": regions,
    "questions": questions,
    "joins": joins,
    "lemmas": lemmas,
    "outside of claims": outside_of_claims,
    "steps": steps,
    "relations": relations,
    "pairs": pairs_of_programs,
    "pairs with a lock": pairs_with_a_lock,
    "pairs without answers": pairs_without_answers,
    "mutants": mutants,
    "translations": pairs_of_translations,
    "promises": promises,
    "re-checks": rechecks,
    "spot checks": spot_checks,
}


def noticed(detector: Detector, seconds: float) -> str:
    """Return what a detector noticed; a prover that breaks down is noticed, too."""
    try:
        with at_most(3 * seconds + 10):
            return detector(seconds)
    except (StreamSSMError, ArithmeticError, LookupError, AssertionError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"[:200]
    except (Late, RecursionError) as error:
        return f"does not end: {type(error).__name__}"


def main(names: list[str], seconds: float) -> None:
    """Write what each detector noticed as a line of JSON."""
    for name in names:
        finding = noticed(DETECTORS[name], seconds)
        sys.stdout.write(json.dumps([name, finding]) + "\n")
        sys.stdout.flush()
