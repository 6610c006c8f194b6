"""Prove that two artefacts agree on every stream of every length, by induction over a simulation relation.

The initial states are related; from related states and for every token, thoughts included, both sides give
equal outputs and related states again. Candidates for the relation are equalities of words with one name, and
whatever claims held on sampled streams (Daikon-style templates); claims that some step breaks are dropped
(Houdini). The proof is about the reference interpreters, and about models by their weights.
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

# Time limit of one query.
SECONDS = 60.0
# Time limit of bounded model checking after a failed proof.
SEARCH_SECONDS = 10.0
SAMPLED_TOKENS = 10**5

Search = Callable[[], tuple[tuple[int, ...], ...] | None]


@singledispatch
def provable(artefact: Any) -> Program | SSM:
    """Return the artefact to prove about: a program, a model, or the program of a class or language."""
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
    """The outcome of a proof: the finding, the relation, and every obligation with its result."""

    finding: Finding
    relation: Relation
    obligations: tuple[Obligation, ...]
    lemmas: Lemmas

    @property
    def holds(self) -> bool:
        return self.finding.complete and self.finding.stream is None


def require_initial(relation: Relation, a: Side, b: Side) -> None:
    """Raise ParameterError unless the initial states are related, evaluated on integers."""
    for claim in relation.claims:
        if not claim.holds({"a": a.initial, "b": b.initial}):
            shown = text(claim, {"a": a.words, "b": b.words})
            raise ParameterError(f"the initial states do not satisfy the claim {shown}")


@dataclass
class Proving:
    """The search for a proof of two sides."""

    a: Side
    b: Side
    systems: tuple[TransitionSystem, TransitionSystem]
    seconds: float = SECONDS
    seed: int = 0
    on_obligation: Callable[[Obligation], None] = lambda obligation: None

    def run(self, relation: Relation | None = None) -> Proof:
        """Prove a given relation, or search for one."""
        require_installed()
        with Solver(self.seconds) as solver:
            self.prover = Prover(*self.systems, solver, Lemmas(solver), self.on_obligation)
            if self.a.begin != self.b.begin:
                # The outputs before the first token differ already.
                return self._refuted((), shortest=True)
            if relation is not None:
                return self._prove_given(relation)
            return self._search_relation()

    def _prove_given(self, relation: Relation) -> Proof:
        require_initial(relation, self.a, self.b)
        attempt = self.prover.attempt(relation, fixed=True)
        return self._proved(attempt) if attempt.holds else self._open(attempt, [], 0)

    def _search_relation(self) -> Proof:
        # Equality by name is tried first: it needs no sampled runs, and translations mostly keep names.
        named = named_relation(self.a, self.b)
        if named is not None:
            attempt = self.prover.attempt(named)
            if attempt.holds:
                return self._proved(attempt)
        states = tried_states(self.a, self.b, self.seed)
        relation = first_relation(self.a, self.b, states)
        # The same relation would fail in the same way.
        if relation != named:
            attempt = self.prover.attempt(relation)
            if attempt.holds:
                return self._proved(attempt)
        tried: list[str] = []
        result = self._search_difference(attempt.counterexample)
        depth = 0
        if isinstance(result, Proof):
            return result
        depth = result
        # A counterexample to induction may be unreachable: strengthen the relation to exclude it.
        if attempt.counterexample is not None:
            more = self._strengthen(relation, states)
            if more is not None:
                tried += [text(claim, self.prover.words) for claim in more.claims[len(relation.claims) :]]
                second = self.prover.attempt(more)
                if second.holds:
                    return self._proved(second)
                attempt = second
        return self._open(attempt, tried, depth)

    def _strengthen(self, relation: Relation, states: States) -> Relation | None:
        more = [claim for claim in strengthening(self.a, self.b, states) if claim not in relation.claims]
        return Relation((*relation.claims, *more)) if more else None

    # after a failed proof

    def _search_difference(self, counterexample: Counterexample | None) -> Proof | int:
        """Search for a differing stream; if none is found, return the length up to which none exists."""
        if counterexample is None:
            return 0
        self._require_real(counterexample)
        # A counterexample from the initial states is a differing stream of length 1.
        if (counterexample.a, counterexample.b) == (self.a.initial, self.b.initial) and self._differs(
            counterexample
        ):
            return self._refuted((counterexample.token,), shortest=True)
        searched = bounded_search(self.prover, min(SEARCH_SECONDS, self.seconds))
        if searched.stream is not None:
            return self._refuted(searched.stream, shortest=True)
        # Sampling reaches long streams, bounded model checking rare tokens.
        sampled = sample(self.a, self.b, tokens=SAMPLED_TOKENS, seed=self.seed, progress=None)
        if sampled.stream is not None:
            return self._refuted(sampled.stream, shortest=False)
        return searched.depth

    def _differs(self, counterexample: Counterexample) -> bool:
        after = self._run_one_token(counterexample)
        return not after[0].agrees(after[1])

    def _run_one_token(self, counterexample: Counterexample) -> tuple[StreamOutcome, StreamOutcome]:
        """Run both reference interpreters for one token."""
        modes = pairs_of_ways(self.a, self.b)[0]
        return (
            advance(self.a.steps[modes[0]], StreamOutcome(counterexample.a), counterexample.token),
            advance(self.b.steps[modes[1]], StreamOutcome(counterexample.b), counterexample.token),
        )

    def _require_real(self, counterexample: Counterexample) -> None:
        """Raise StreamSSMError if the interpreters do not confirm the counterexample."""
        try:
            after = self._run_one_token(counterexample)
        except (IndexError, ZeroDivisionError, ValueError):
            # The counterexample is a trap: the interpreter crashes, as predicted.
            return
        # A broken claim is no observable difference; only unequal outputs or errors can be replayed.
        if counterexample.obligation.startswith("keeps ") or not after[0].agrees(after[1]):
            return
        at = f"{self.a.name} at {counterexample.a} and {self.b.name} at {counterexample.b}"
        raise StreamSSMError(
            f"the solver says that {at} differ on {counterexample.token}, but the reference interpreters "
            "agree there: this is a fault of streamssm or of the solver; please report it"
        )

    def _refuted(self, stream: tuple[tuple[int, ...], ...], *, shortest: bool) -> Proof:
        modes = pairs_of_ways(self.a, self.b)[0]
        covers = every_stream_up_to(max(len(stream) - 1, 0)) if shortest else "the stream below"
        finding = Finding(covers, stream, modes, shortest=shortest, shrinkable=not shortest)
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
        counterexample = attempt.counterexample
        if counterexample is not None:
            details["not inductive"] = (
                f"from state {counterexample.a} and {counterexample.b}, which no stream is known to reach, "
                f"token {counterexample.token} breaks: {counterexample.obligation}"
            )
            details["strengthened by"] = tried
        finding = Finding(every_stream_up_to(depth), complete=False, details=details)
        return Proof(finding, attempt.relation, attempt.obligations, self.prover.lemmas)

    def _proved(self, attempt: Attempt) -> Proof:
        # The base case of the induction, on integers.
        require_initial(attempt.relation, self.a, self.b)
        finding = Finding(EVERY_STREAM, details=self._details(attempt))
        return Proof(finding, attempt.relation, attempt.obligations, self.prover.lemmas)

    def _details(self, attempt: Attempt) -> dict[str, Any]:
        lemmas = self.prover.lemmas.by_shape.values()
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
