"""Prove: a simulation relation between two artefacts, shown to hold on every stream of every length.

The relation holds of the initial states; from related states and for every token, thoughts included, both
sides give equal outputs, and the states after it are related again. Which relation that is, is found: words
of one name are equal, and for other words whatever held on streams that were tried, less what some step
breaks. What is shown is about the reference interpreters, models by their weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any

from streamssm.equivalences.checking.exhaust import pairs_of_ways
from streamssm.equivalences.checking.report import EVERY_STREAM, Finding, every_stream_up_to
from streamssm.equivalences.checking.sample import sample
from streamssm.equivalences.checking.sides import Side
from streamssm.equivalences.checking.witness import StreamOutcome, advance
from streamssm.equivalences.proving.bounded_model_checking import bounded_search
from streamssm.equivalences.proving.candidates import (
    States,
    first_relation,
    named_relation,
    strengthening,
    tried_states,
)
from streamssm.equivalences.proving.induction import Attempt, Counterexample, Obligation, Prover
from streamssm.equivalences.proving.lemmas import Lemmas
from streamssm.equivalences.proving.models import ModelSystem
from streamssm.equivalences.proving.programs import ProgramSystem
from streamssm.equivalences.proving.relation import Relation, text
from streamssm.equivalences.proving.transition_system import TransitionSystem
from streamssm.equivalences.smt.solver import Solver, require_installed, solver_version
from streamssm.errors import ParameterError, StreamSSMError
from streamssm.frontends.algorithm import Algorithm
from streamssm.languages.language import Language
from streamssm.program.program import Program
from streamssm.ssm.model import SSM

SECONDS = 60.0  # for one question
SEARCH_SECONDS = 10.0
SAMPLED_TOKENS = 10**5

Search = Callable[[], tuple[tuple[int, ...], ...] | None]


@singledispatch
def provable(artefact: Any) -> Program | SSM:
    """Return what a proof is about: a program, a model, or the program of a class or a language."""
    raise ParameterError(f"a proof must be of algorithms, programs, languages or models, not {artefact!r}")


@provable.register
def _(artefact: Program) -> Program | SSM:
    return artefact


@provable.register
def _(artefact: SSM) -> Program | SSM:
    return artefact


@provable.register(Algorithm)
@provable.register(Language)
def _(artefact: Algorithm | Language) -> Program | SSM:
    return artefact.program()


def system_of(artefact: Program | SSM) -> TransitionSystem:
    return ModelSystem(artefact) if isinstance(artefact, SSM) else ProgramSystem(artefact)


@dataclass(frozen=True)
class Proof:
    """What was shown, or what stands in the way."""

    finding: Finding
    relation: Relation
    obligations: tuple[Obligation, ...]
    lemmas: Lemmas

    @property
    def holds(self) -> bool:
        return self.finding.complete and self.finding.stream is None


def require_initial(relation: Relation, a: Side, b: Side) -> None:
    """Raise ParameterError unless a relation holds of the initial states, on integers."""
    for claim in relation.claims:
        if not claim.holds({"a": a.initial, "b": b.initial}):
            shown = text(claim, {"a": a.words, "b": b.words})
            raise ParameterError(f"the initial states must be related by {shown}")


@dataclass
class Proving:
    """A proof of two sides in the making."""

    a: Side
    b: Side
    systems: tuple[TransitionSystem, TransitionSystem]
    seconds: float = SECONDS
    seed: int = 0
    told: Callable[[Obligation], None] = lambda obligation: None

    def run(self, relation: Relation | None = None) -> Proof:
        """Find a relation and show it, or show the given one."""
        require_installed()
        with Solver(self.seconds) as solver:
            self.prover = Prover(*self.systems, solver, Lemmas(solver), self.told)
            if self.a.begin != self.b.begin:
                return self._different((), shortest=True)
            if relation is not None:
                return self._given(relation)
            return self._found()

    def _given(self, relation: Relation) -> Proof:
        require_initial(relation, self.a, self.b)
        attempt = self.prover.attempt(relation, fixed=True)
        return self._proved(attempt) if attempt.holds else self._open(attempt, [], 0)

    def _found(self) -> Proof:
        named = named_relation(self.a, self.b)
        if named is not None:
            attempt = self.prover.attempt(named)
            if attempt.holds:
                return self._proved(attempt)
        states = tried_states(self.a, self.b, self.seed)
        relation = first_relation(self.a, self.b, states)
        if relation != named:
            attempt = self.prover.attempt(relation)
            if attempt.holds:
                return self._proved(attempt)
        tried: list[str] = []
        found = self._searched(attempt.counterexample)
        depth = 0
        if isinstance(found, Proof):
            return found
        depth = found
        if attempt.counterexample is not None:
            more = self._stronger(relation, states)
            if more is not None:
                tried += [text(claim, self.prover.words) for claim in more.claims[len(relation.claims) :]]
                second = self.prover.attempt(more)
                if second.holds:
                    return self._proved(second)
                attempt = second
        return self._open(attempt, tried, depth)

    def _stronger(self, relation: Relation, states: States) -> Relation | None:
        more = [claim for claim in strengthening(self.a, self.b, states) if claim not in relation.claims]
        return Relation((*relation.claims, *more)) if more else None

    # where a proof fails

    def _searched(self, found: Counterexample | None) -> Proof | int:
        """Look for a differing stream; return how long those are that were covered if there is none."""
        if found is None:
            return 0
        self._require_real(found)
        if (found.a, found.b) == (self.a.initial, self.b.initial) and self._differs(found):
            return self._different((found.token,), shortest=True)
        searched = bounded_search(self.prover, min(SEARCH_SECONDS, self.seconds))
        if searched.stream is not None:
            return self._different(searched.stream, shortest=True)
        sampled = sample(self.a, self.b, tokens=SAMPLED_TOKENS, seed=self.seed, progress=None)
        if sampled.stream is not None:
            return self._different(sampled.stream, shortest=False)
        return searched.depth

    def _differs(self, found: Counterexample) -> bool:
        after = self._after(found)
        return not after[0].agrees(after[1])

    def _after(self, found: Counterexample) -> tuple[StreamOutcome, StreamOutcome]:
        """Run both reference interpreters for one token."""
        ways = pairs_of_ways(self.a, self.b)[0]
        return (
            advance(self.a.steps[ways[0]], StreamOutcome(found.a), found.token),
            advance(self.b.steps[ways[1]], StreamOutcome(found.b), found.token),
        )

    def _require_real(self, found: Counterexample) -> None:
        """Raise StreamSSMError if the interpreters do not do what the solver says."""
        try:
            after = self._after(found)
        except (IndexError, ZeroDivisionError, ValueError):
            return  # a trap, which an interpreter does not survive
        if found.obligation.startswith("keeps ") or not after[0].agrees(after[1]):
            return
        raise StreamSSMError(
            f"the solver says that {self.a.name} at {found.a} and {self.b.name} at {found.b} differ on "
            f"{found.token}, and the reference interpreters do not: one of them is wrong"
        )

    def _different(self, stream: tuple[tuple[int, ...], ...], *, shortest: bool) -> Proof:
        ways = pairs_of_ways(self.a, self.b)[0]
        covers = every_stream_up_to(max(len(stream) - 1, 0)) if shortest else "the stream below"
        finding = Finding(covers, stream, ways, shortest=shortest, shrinkable=not shortest)
        return Proof(
            replace(finding, details={"solver": solver_version()}), Relation(()), (), self.prover.lemmas
        )

    def _open(self, attempt: Attempt, tried: list[str], depth: int) -> Proof:
        details = self._details(attempt)
        broken = [
            f"{o.name} ({o.reason or o.result}, {o.seconds:.2f} s)"
            for o in attempt.obligations
            if not o.holds
        ]
        details["not shown"] = broken
        found = attempt.counterexample
        if found is not None:
            details["not inductive"] = (
                f"from state {found.a} and {found.b}, which no stream is known to reach, "
                f"token {found.token} breaks: {found.obligation}"
            )
            details["strengthened by"] = tried
        finding = Finding(every_stream_up_to(depth), complete=False, details=details)
        return Proof(finding, attempt.relation, attempt.obligations, self.prover.lemmas)

    def _proved(self, attempt: Attempt) -> Proof:
        require_initial(attempt.relation, self.a, self.b)
        finding = Finding(EVERY_STREAM, details=self._details(attempt))
        return Proof(finding, attempt.relation, attempt.obligations, self.prover.lemmas)

    def _details(self, attempt: Attempt) -> dict[str, Any]:
        lemmas = self.prover.lemmas.found.values()
        return {
            "solver": solver_version(),
            "relation": [text(claim, self.prover.words) for claim in attempt.relation.claims],
            "obligations": [
                {"name": o.name, "result": o.result, "seconds": round(o.seconds, 4)}
                for o in attempt.obligations
            ],
            "lemmas": [
                {"name": lemma.name, "result": lemma.how, "seconds": round(lemma.seconds, 4)}
                for lemma in lemmas
            ],
            "ranges_shown": attempt.ranges,
            "cut_points": attempt.cuts,
            "dropped": list(attempt.dropped),
        }
