"""Induction: from all related states, one step gives equal outputs and related states again.

Houdini: claims that some step breaks are dropped, and the attempt restarts with the others, until all that
remain are inductive. The result is the largest inductive subset of the candidate claims, if every query is
answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from streamssm.equivalences.proving.lemmas import Lemmas
from streamssm.equivalences.proving.networks import Ranges
from streamssm.equivalences.proving.related_states import Related, RelatedStatesBuilder
from streamssm.equivalences.proving.relation import Relation, text
from streamssm.equivalences.proving.sat_sweeping import SatSweep
from streamssm.equivalences.proving.state_claims import Claim
from streamssm.equivalences.proving.transition_system import Context, SymbolicStep, TransitionSystem
from streamssm.equivalences.smt.evaluation import evaluate
from streamssm.equivalences.smt.linear_regions import vanishes
from streamssm.equivalences.smt.solver import Solver, SolverAnswer
from streamssm.equivalences.smt.term import Kind, Term, UnprovenRange, cone
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.words import Word

BY_FORM, BY_REGIONS = "by form", "by regions"
WRITTEN = "both steps are written as terms within their ranges"
# SAT sweeping pays off only if the two steps have at least this many terms.
LARGE = 150
# Queries of at most this many terms are first tried by case splitting, which starts no solver.
SMALL = 60
Values = tuple[int, ...]
ObligationCallback = Callable[["Obligation"], None]


@dataclass(frozen=True)
class Obligation:
    """An obligation: "by form", "by regions" or "unsat" if it holds, else "sat" or "unknown"."""

    name: str
    result: str
    seconds: float = 0.0
    digest: str = ""
    reason: str = ""

    @property
    def holds(self) -> bool:
        return self.result in (BY_FORM, BY_REGIONS, "unsat")


@dataclass(frozen=True)
class Counterexample:
    """A counterexample to induction: related, perhaps unreachable states, and a token."""

    obligation: str
    a: Values
    b: Values
    token: Values


@dataclass(frozen=True)
class Attempt:
    """The result of an attempt; it is a proof if every obligation holds."""

    relation: Relation
    obligations: tuple[Obligation, ...]
    counterexample: Counterexample | None = None
    dropped: tuple[str, ...] = ()
    ranges: int = 0
    cuts: int = 0

    @property
    def holds(self) -> bool:
        return all(obligation.holds for obligation in self.obligations)


@dataclass
class Prover:
    """Attempts proofs about two systems with one solver."""

    a: TransitionSystem
    b: TransitionSystem
    solver: Solver
    lemmas: Lemmas
    on_obligation: ObligationCallback = lambda obligation: None

    @property
    def words(self) -> Mapping[str, Sequence[Word]]:
        return {"a": self.a.words, "b": self.b.words}

    def attempt(self, relation: Relation, *, fixed: bool = False) -> Attempt:
        """Return the proof attempt for a relation, or unless ``fixed`` for its largest inductive part."""
        dropped: list[str] = []
        while True:
            result = self._try_once(relation, fixed)
            # An obligation without an answer counts as broken: Houdini may drop too much, never too little.
            broken = {o.name for o in result.obligations if not o.holds}
            retained = tuple(
                claim for claim in relation.claims if self.preservation_name(claim) not in broken
            )
            if fixed or len(retained) == len(relation.claims):
                return replace(result, dropped=tuple(dropped))
            dropped += [text(claim, self.words) for claim in relation.claims if claim not in retained]
            relation = Relation(retained)

    def _try_once(self, relation: Relation, fixed: bool) -> Attempt:
        try:
            return _Attempt(self, relation).run(fixed)
        # A step that cannot be encoded is an obligation that stays open.
        except UnprovenRange as error:
            left_open = Obligation(WRITTEN, "unknown", reason=str(error))
            self.on_obligation(left_open)
            return Attempt(relation, (left_open,))

    def preservation_name(self, claim: Claim) -> str:
        return f"keeps {text(claim, self.words)}"


class _Attempt:
    def __init__(self, prover: Prover, relation: Relation) -> None:
        self.prover = prover
        self.relation = relation
        # Fresh terms for each attempt: ranges narrowed under one relation need not hold under a weaker one.
        self.t = Terms()
        self.related: Related = RelatedStatesBuilder(self.t, prover.words).build(relation)
        self.ranges = Ranges(self.t, prover.solver, self.related.assumed)
        self.token = tuple(self.t.var(f"x{i}", w.range) for i, w in enumerate(prover.a.fields))
        self.obligations: list[Obligation] = []
        self.counterexample: Counterexample | None = None
        self.cuts = 0

    def run(self, fixed: bool) -> Attempt:
        prover, t = self.prover, self.t
        context = Context(t, prover.lemmas, self.ranges)
        a = prover.a.step(context, self.related.a, self.token)
        b = prover.b.step(context, self.related.b, self.token)
        # Sweeping first: outputs and states that become one term afterwards need no query.
        a, b = self._sweep(a, b)
        self._show_steps(a, b)
        # With a counterexample, the relation is too weak already. Otherwise check each claim after the step,
        # assuming the whole relation before it. A broken claim is dropped, so it is no counterexample unless
        # the relation is fixed.
        if self.counterexample is None:
            states = {"a": a.state, "b": b.state}
            for claim in self.relation.claims:
                preserved = claim.condition(t, states)
                self._show(prover.preservation_name(claim), preserved, a.failed, record=fixed)
        return Attempt(
            self.relation,
            tuple(self.obligations),
            self.counterexample,
            ranges=len(self.ranges.shown),
            cuts=self.cuts,
        )

    def _sweep(self, a: SymbolicStep, b: SymbolicStep) -> tuple[SymbolicStep, SymbolicStep]:
        """Merge internal words of two large, different steps that SAT sweeping shows equal."""
        words = [*a.outputs, *b.outputs, *a.state, *b.state]
        if (a.outputs, a.state) == (b.outputs, b.state) or len(cone(words)) < LARGE:
            return a, b
        sweep = SatSweep(self.t, self.prover.solver, self.related.assumed, self.prover.solver.seconds)
        try:
            merged_roots = sweep.run([*a.state, *a.outputs], [*b.state, *b.outputs])
        # Sweeping is an optimization: without it the steps remain as they were.
        except UnprovenRange:
            return a, b
        self.cuts = sweep.joined
        first, second = (
            replace(step, state=tuple(words[: len(step.state)]), outputs=tuple(words[len(step.state) :]))
            for step, words in zip((a, b), merged_roots, strict=True)
        )
        return first, second

    def _show_steps(self, a: SymbolicStep, b: SymbolicStep) -> None:
        t = self.t
        for side, step in (("a", a), ("b", b)):
            # A trap reached by several nodes is one term, and one query.
            for trap in dict.fromkeys(step.traps):
                self._show(f"{side} computes with indices, divisors and shifts that exist", t.not_(trap))
        # Once both fail together, it is enough to guard the later obligations by the first side's failure.
        same = t.eq0(t.sub(a.failed, b.failed))
        self._show("both stop with an error, or neither", same)
        # Hash consing: outputs with equal normal forms are the same object.
        for number, (x, y) in enumerate(zip(a.outputs, b.outputs, strict=True)):
            equal = t.const(1) if x is y else t.eq0(t.sub(x, y))
            self._show(f"output {number} is equal", equal, a.failed)

    def _show(self, name: str, holds: Term, failed: Term | None = None, *, record: bool = True) -> None:
        """Record whether a condition holds in all related states, except where ``failed``."""
        obligation, answer = self._decide(name, holds, failed)
        self.obligations.append(obligation)
        self.prover.on_obligation(obligation)
        if obligation.result == "sat" and record and self.counterexample is None:
            assert answer is not None
            self.counterexample = self._decode(name, answer)

    def _decide(self, name: str, holds: Term, failed: Term | None) -> tuple[Obligation, SolverAnswer | None]:
        # Cheapest first: identical normal forms, then case splitting, then the solver.
        if holds.is_const and holds.value:
            return Obligation(name, BY_FORM), None
        t = self.t
        guard = [] if failed is None else [t.not_(failed)]
        if len(cone([holds])) <= SMALL and vanishes(t.not_(holds)):
            return Obligation(name, BY_REGIONS), None
        # Refutation: the claim holds if its negation is unsatisfiable together with the assumptions.
        answer = self.prover.solver.refute([*self.related.assumed, *guard, t.not_(holds)])
        return Obligation(name, answer.result, answer.seconds, answer.digest, answer.reason), answer

    def _decode(self, name: str, answer: SolverAnswer) -> Counterexample:
        roots = [*self.related.a, *self.related.b, *self.token]
        # The simplified query may not mention every variable. Any value of its range will do for the others.
        least = {term.name: term.range.lo for term in cone(roots) if term.kind is Kind.VAR}
        values = tuple(evaluate(roots, {**least, **answer.values}))
        first, second = len(self.related.a), len(self.related.a) + len(self.related.b)
        return Counterexample(name, values[:first], values[first:second], values[second:])
