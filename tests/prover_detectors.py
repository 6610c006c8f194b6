"""What may notice a fault of the prover, each detector for itself; run in a process where one was planted.

A detector returns what it noticed, or an empty text. It looks for a number of seconds at most.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from random import Random

from streamssm.algorithms import (
    DGIM,
    BoyerMooreMajority,
    FunctionComposition,
    ModularCounter,
    SaturatingCounter,
)
from streamssm.equivalences.assuming.report import Verdict
from streamssm.equivalences.check_assumptions import check_assumptions
from streamssm.equivalences.proving.lemmas import Lemmas
from streamssm.equivalences.proving.networks import Ranges
from streamssm.equivalences.proving.prove import system_of
from streamssm.equivalences.proving.solver import Solver
from streamssm.equivalences.proving.systems import Context
from streamssm.equivalences.proving.term import UnprovenRange
from streamssm.equivalences.proving.terms import Terms
from streamssm.equivalences.translate import to_ssm
from streamssm.errors import ParameterError, StreamSSMError
from streamssm.ssm.model import SSM
from tests.layered_models import layered_model
from tests.models import random_model, random_mutant
from tests.mutants import mutant_of
from tests.proofs_of_pairs import Late, Tally, at_most, pooled_solvers, verdict
from tests.proofs_of_translations import TRANSLATIONS, against_translation
from tests.random_assumptions import promising
from tests.random_pairs import random_pair, searched
from tests.random_terms import Pool, require_exact, script_of
from tests.step_values import require_step
from tests.term_rules import RULES

Detector = Callable[[float], str]

ALGORITHMS = (
    FunctionComposition(4),
    SaturatingCounter(6),
    BoyerMooreMajority(3, 3),
    DGIM(4),
    ModularCounter(6),
)


def seeds(seconds: float) -> Iterator[int]:
    """Yield 0, 1, ... until the time is over."""
    end = time.monotonic() + seconds
    for seed in count():
        if time.monotonic() > end:
            return
        yield seed


def pairs_of_programs(seconds: float) -> str:
    """Look for a false proof of a random pair."""
    found = Tally()
    with pooled_solvers():
        for seed in seeds(seconds):
            pair = random_pair(seed)
            if pair is not None:
                found.add(pair)
            if found.wrong:
                return found.wrong[0]
    return ""


def pairs_of_translations(seconds: float) -> str:
    wrong: list[str] = []
    with pooled_solvers():
        for seed in seeds(seconds):
            against_translation(seed // len(TRANSLATIONS), TRANSLATIONS[seed % len(TRANSLATIONS)], wrong)
            if wrong:
                return wrong[0]
    return ""


def terms(seconds: float) -> str:
    """Compare the values and the ranges of random terms with their definitions."""
    for seed in seeds(seconds):
        pool = grown(seed, 30)
        require_exact(pool, pool.found)
    return ""


def grown(seed: int, steps: int) -> Pool:
    """Return a pool of random terms, as far as they could be made within their ranges."""
    pool = Pool(seed)
    try:
        pool.grow(RULES, steps)
    except UnprovenRange:  # which leaves a proof open
        pass
    return pool


def questions(seconds: float) -> str:
    """Compare what the solver reads with the values of random terms."""
    with Solver(20) as solver:
        for seed in seeds(seconds):
            pool = grown(seed, 20)
            row = pool.draw.randrange(pool.num_rows)
            result, values, reason = solver.sent(script_of(pool, pool.found, row), 20)
            if result == "sat":
                return f"pool {seed}: the solver differs at {values}"
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
    if seed % 2:
        return random_model(seed), random_mutant(seed)
    program = ALGORITHMS[seed // 2 % len(ALGORITHMS)].program()
    try:
        return program, mutant_of(to_ssm(program), Random(seed).randrange(10**6))
    except ParameterError:
        return program, None


def promises(seconds: float) -> str:
    """Look for a promise that is proved and broken."""
    for seed in seeds(seconds):
        made = promising(seed)
        if made is not None and made[1]:
            finding = check_assumptions(made[0], timeout=0.5, max_transitions=500, tokens=500).findings[0]
            if finding.verdict is Verdict.PROVED:
                return f"promise {seed} is broken and proved"
    return ""


DETECTORS: dict[str, Detector] = {
    "pairs": pairs_of_programs,
    "translations": pairs_of_translations,
    "terms": terms,
    "questions": questions,
    "steps": steps,
    "mutants": mutants,
    "promises": promises,
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


def main(names: list[str], seconds: float, every: bool) -> None:
    """Write what detectors noticed as lines of JSON: every one, or up to the first that notices anything."""
    for name in names:
        found = noticed(DETECTORS[name], seconds)
        sys.stdout.write(json.dumps([name, found]) + "\n")
        sys.stdout.flush()
        if found and not every:
            return
