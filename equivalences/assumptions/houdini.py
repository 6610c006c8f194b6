"""Houdini: drop the candidates that are not inductive until the remaining ones are an invariant.

Law: the invariant holds of the initial registers, and of the registers after every token if it held before
and no assumption failed in that step. So it holds of all registers that a stream reaches before an assumption
fails, and an assumption that it implies is never the first to fail.

Source: Flanagan and Leino, *Houdini, an annotation assistant for ESC/Java*, 2001.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from streamssm.equivalences.proving.encode_graph import TermLeaves, encode
from streamssm.equivalences.proving.lemmas import Lemmas
from streamssm.equivalences.proving.networks import Ranges
from streamssm.equivalences.proving.programs import ProgramSystem, outside
from streamssm.equivalences.proving.related_states import RelatedStatesBuilder
from streamssm.equivalences.proving.relation import Relation
from streamssm.equivalences.proving.state_claims import Claim
from streamssm.equivalences.proving.transition_system import Context, SymbolicStep
from streamssm.equivalences.smt.evaluation import values_of
from streamssm.equivalences.smt.linear_regions import vanishes
from streamssm.equivalences.smt.solver import Solver
from streamssm.equivalences.smt.term import Kind, Term, UnprovenRange, cone
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.graph import Op
from streamssm.ir.ranges import BIT
from streamssm.program.program import Assumption, Program, RangeClaim

# limits on case splitting into linear regions, which is tried before the solver
REGIONS = 4000
CUT_SECONDS = 10.0


@dataclass
class Induction:
    """Proofs by induction over the steps of a program, within a time limit."""

    program: Program
    solver: Solver
    seconds: float

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds
        self._steps: dict[tuple[Claim, ...], _StepFrom] = {}

    @property
    def seconds_left(self) -> float:
        return self._end - time.monotonic()

    def inductive_subset(self, candidates: Iterable[Claim]) -> tuple[Claim, ...]:
        """Return the largest set of candidates that is shown to hold initially and to be inductive."""
        remaining = tuple(claim for claim in candidates if self._holds_initially(claim))
        while remaining:
            broken = self._broken(remaining)
            if not broken:
                return remaining
            # Claims may have been proved with the help of broken ones: check the others again without them.
            remaining = tuple(claim for claim in remaining if claim not in broken)
        return ()

    def is_inductive(self, claims: tuple[Claim, ...]) -> bool:
        return all(map(self._holds_initially, claims)) and not self._broken(claims)

    def _broken(self, claims: tuple[Claim, ...]) -> set[Claim]:
        """Return the claims not shown to hold after a step; all if the step cannot be written as terms."""
        try:
            return self._step_from(claims).broken()
        except UnprovenRange:
            return set(claims)

    def follows(self, invariant: tuple[Claim, ...], assumption: Assumption) -> str:
        """Return how an assumption was shown to follow from an invariant; an empty text if it was not."""
        assert assumption.claim is not None
        try:
            return self._step_from(invariant).how_shown(assumption.claim)
        except UnprovenRange:
            return ""

    def _holds_initially(self, claim: Claim) -> bool:
        return claim.holds({"a": self.program.initial, "b": ()})

    def _step_from(self, claims: tuple[Claim, ...]) -> _StepFrom:
        if claims not in self._steps:
            self._steps[claims] = _StepFrom(self, claims)
        return self._steps[claims]


class _StepFrom:
    """A symbolic step from an arbitrary state in which some claims hold."""

    def __init__(self, induction: Induction, claims: tuple[Claim, ...]) -> None:
        self.induction = induction
        self.solver = induction.solver
        self.program = program = induction.program
        self.claims = claims
        self.t = t = Terms()
        related = RelatedStatesBuilder(t, {"a": program.registers, "b": ()}).build(Relation(claims))
        self.state, self.assumed = related.a, related.assumed
        self.token = tuple(t.var(f"x{i}", word.range) for i, word in enumerate(program.fields))

    @cached_property
    def step(self) -> SymbolicStep:
        context = Context(self.t, Lemmas(self.solver), Ranges(self.t, self.solver, self.assumed))
        return ProgramSystem(self.program).step(context, self.state, self.token)

    @cached_property
    def guard(self) -> list[Term]:
        """The conditions on the steps that count: the program does not stop, and no assumption fails."""
        t, step = self.t, self.step
        claims = [a.claim for a in self.program.assumptions if a.claim is not None and not a.claim.after]
        fails = [self._fails(claim) for claim in claims]
        return [t.not_(part) for part in (*fails, step.failed, *step.traps)]

    def _fails(self, claim: RangeClaim) -> Term:
        """Return the condition that an assumption fails in this step or, for an output, in this state."""
        t, traps = self.t, list[Term]()
        begin = t.var("begin", BIT) if any(node.op is Op.BEGIN for node in claim.graph) else None
        roots = [node for site in claim.sites for node in site]
        terms = encode(t, claim.graph.nodes, roots, TermLeaves(self.token, self.state, begin), traps)
        fails = [t.and_([terms[test], outside(t, terms[node], claim.range)]) for test, node in claim.sites]
        return t.or_([*fails, *traps])

    def broken(self) -> set[Claim]:
        """Return the claims that were not shown to hold after the step.

        A counterexample to one claim is evaluated on all of them, which saves most questions to the solver.
        """
        states: dict[str, Sequence[Term]] = {"a": self.step.state, "b": ()}
        broken, conditions = set[Claim](), {c: c.condition(self.t, states) for c in self.claims}
        for claim, condition in conditions.items():
            if claim not in broken:
                how, values = self._decide(condition, self.guard)
                if not how:
                    broken.add(claim)
                if values is not None:
                    broken |= _broken(conditions, values)
        return broken

    def how_shown(self, claim: RangeClaim) -> str:
        return self._decide(self.t.not_(self._fails(claim)), [])[0]

    def _decide(self, holds: Term, guard: Sequence[Term]) -> tuple[str, Mapping[str, int] | None]:
        """Return how a condition was shown; or an empty text, and a counterexample if there is one."""
        if holds.is_const and holds.value:
            return "by form", None
        t = self.t
        negation = t.not_(holds)
        end = time.monotonic() + min(self.induction.seconds_left, CUT_SECONDS)
        if vanishes(negation, REGIONS, end):
            return "by regions", None
        left = self.induction.seconds_left
        if left <= 0:
            return "", None
        answer = self.solver.ask([*self.assumed, *guard, negation], min(left, self.solver.seconds))
        if answer.result == "unsat":
            return "by solver", None
        return "", answer.values if answer.result == "sat" else None


def _broken(conditions: Mapping[Claim, Term], values: Mapping[str, int]) -> set[Claim]:
    """Return the claims that fail for some values; variables without a value get their lowest one."""
    variables = {term.name: term.range.lo for term in cone(conditions.values()) if term.kind is Kind.VAR}
    holds = values_of(conditions.values(), {**variables, **values})
    return {claim for claim, condition in conditions.items() if not holds[condition]}
