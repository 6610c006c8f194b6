"""One attempt at a proof: every step keeps the relation and gives equal outputs, and no side alone stops.

Claims that some step breaks are dropped, and the attempt starts again with those that are left; what remains
is the strongest part of the relation that every step keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

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
from streamssm.equivalences.smt.term import Term, UnprovenRange, cone
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.words import Word

BY_FORM, BY_REGIONS = "by form", "by regions"
WRITTEN = "both steps are written as terms within their ranges"
LARGE = 150  # terms of two steps in which cut points are looked for
SMALL = 60  # terms of a question that is tried without the solver first
Values = tuple[int, ...]
ObligationCallback = Callable[["Obligation"], None]


@dataclass(frozen=True)
class Obligation:
    """One thing to show: "by form", "by regions" or "unsat" where it holds, "sat" where not, or "unknown"."""

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
    """Related states and a token after which something does not hold."""

    obligation: str
    a: Values
    b: Values
    token: Values


@dataclass(frozen=True)
class Attempt:
    """What became of an attempt; it is a proof if every obligation holds."""

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
    """Two systems and a solver."""

    a: TransitionSystem
    b: TransitionSystem
    solver: Solver
    lemmas: Lemmas
    told: ObligationCallback = lambda obligation: None
    _known: dict[Relation, Attempt] = field(default_factory=dict)

    @property
    def words(self) -> Mapping[str, Sequence[Word]]:
        return {"a": self.a.words, "b": self.b.words}

    def attempt(self, relation: Relation, *, fixed: bool = False) -> Attempt:
        """Return the proof with a relation, or with the part of it that every step keeps."""
        dropped: list[str] = []
        while True:
            found = self._attempted(relation, fixed)
            broken = {o.name for o in found.obligations if not o.holds}
            kept = tuple(claim for claim in relation.claims if self.keeps(claim) not in broken)
            if fixed or len(kept) == len(relation.claims):
                return replace(found, dropped=tuple(dropped))
            dropped += [text(claim, self.words) for claim in relation.claims if claim not in kept]
            relation = Relation(kept)

    def _attempted(self, relation: Relation, fixed: bool) -> Attempt:
        try:
            return _Attempt(self, relation).run(fixed)
        except UnprovenRange as error:  # a step that cannot be written down is an obligation that stays open
            left_open = Obligation(WRITTEN, "unknown", reason=str(error))
            self.told(left_open)
            return Attempt(relation, (left_open,))

    def keeps(self, claim: Claim) -> str:
        return f"keeps {text(claim, self.words)}"


class _Attempt:
    def __init__(self, prover: Prover, relation: Relation) -> None:
        self.prover = prover
        self.relation = relation
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
        a, b = self._swept(a, b)
        self._steps(a, b)
        if self.counterexample is None:
            states = {"a": a.state, "b": b.state}
            for claim in self.relation.claims:
                kept = claim.condition(t, states)
                self._show(prover.keeps(claim), kept, a.failed, record=fixed)
        return Attempt(
            self.relation,
            tuple(self.obligations),
            self.counterexample,
            ranges=len(self.ranges.shown),
            cuts=self.cuts,
        )

    def _swept(self, a: SymbolicStep, b: SymbolicStep) -> tuple[SymbolicStep, SymbolicStep]:
        """Join inner words of the two steps that are shown to be equal, if the steps are large and differ."""
        words = [*a.outputs, *b.outputs, *a.state, *b.state]
        if (a.outputs, a.state) == (b.outputs, b.state) or len(cone(words)) < LARGE:
            return a, b
        sweep = SatSweep(self.t, self.prover.solver, self.related.assumed, self.prover.solver.seconds)
        try:
            found = sweep.run([*a.state, *a.outputs], [*b.state, *b.outputs])
        except UnprovenRange:  # the steps stand as they were: nothing is lost but time
            return a, b
        self.cuts = sweep.joined
        first, second = (
            replace(step, state=tuple(words[: len(step.state)]), outputs=tuple(words[len(step.state) :]))
            for step, words in zip((a, b), found, strict=True)
        )
        return first, second

    def _steps(self, a: SymbolicStep, b: SymbolicStep) -> None:
        t = self.t
        for side, step in (("a", a), ("b", b)):
            for trap in dict.fromkeys(step.traps):
                self._show(f"{side} computes with indices, divisors and shifts that exist", t.not_(trap))
        same = t.eq0(t.sub(a.failed, b.failed))
        self._show("both stop with an error, or neither", same)
        for number, (x, y) in enumerate(zip(a.outputs, b.outputs, strict=True)):
            equal = t.const(1) if x is y else t.eq0(t.sub(x, y))
            self._show(f"output {number} is equal", equal, a.failed)

    def _show(self, name: str, holds: Term, failed: Term | None = None, *, record: bool = True) -> None:
        """Ask whether a condition can fail where the first side does not stop."""
        found, answer = self._asked(name, holds, failed)
        self.obligations.append(found)
        self.prover.told(found)
        if found.result == "sat" and record and self.counterexample is None:
            assert answer is not None
            self.counterexample = self._decoded(name, answer)

    def _asked(self, name: str, holds: Term, failed: Term | None) -> tuple[Obligation, SolverAnswer | None]:
        if holds.is_const and holds.value:
            return Obligation(name, BY_FORM), None
        t = self.t
        guard = [] if failed is None else [t.not_(failed)]
        if len(cone([holds])) <= SMALL and vanishes(t.not_(holds)):
            return Obligation(name, BY_REGIONS), None
        answer = self.prover.solver.refute([*self.related.assumed, *guard, t.not_(holds)])
        return Obligation(name, answer.result, answer.seconds, answer.digest, answer.reason), answer

    def _decoded(self, name: str, answer: SolverAnswer) -> Counterexample:
        roots = [*self.related.a, *self.related.b, *self.token]
        values = tuple(evaluate(roots, _Values(answer.values, self)))
        first, second = len(self.related.a), len(self.related.a) + len(self.related.b)
        return Counterexample(name, values[:first], values[first:second], values[second:])

    def lowest(self, name: str) -> int:
        """Return a value of a variable that the solver was not asked about."""
        for term in (*self.related.a, *self.related.b, *self.token):
            for part in (term, *term.args):
                if part.attr == name:
                    return part.range.lo
        return 0


class _Values(dict[str, int]):
    def __init__(self, values: Mapping[str, int], attempt: _Attempt) -> None:
        super().__init__(values)
        self._attempt = attempt

    def __missing__(self, name: str) -> int:
        return self._attempt.lowest(name)
