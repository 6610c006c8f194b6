"""From guesses to an invariant: what some step breaks is dropped until every step keeps what is left.

Law: the invariant holds of the initial registers, and of the registers after every token if it held before
and no assumption failed on the way. So it holds of all registers that a stream reaches before an assumption
fails, and an assumption that follows from it never fails first.
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

REGIONS = 4000  # into which a question is cut before the solver is asked
CUT_SECONDS = 10.0


@dataclass
class Induction:
    """Shows what every step of a program keeps, and what follows from that, until a time is over."""

    program: Program
    solver: Solver
    seconds: float

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds
        self._known: dict[tuple[Claim, ...], _Moment] = {}

    @property
    def seconds_left(self) -> float:
        return self._end - time.monotonic()

    def kept(self, guesses: Iterable[Claim]) -> tuple[Claim, ...]:
        """Return the guesses that hold of the initial registers and are kept, together, by every step."""
        found = tuple(claim for claim in guesses if self._holds_initially(claim))
        while found:
            broken = self._broken(found)
            if not broken:
                return found
            found = tuple(claim for claim in found if claim not in broken)
        return ()

    def is_kept(self, claims: tuple[Claim, ...]) -> bool:
        return all(map(self._holds_initially, claims)) and not self._broken(claims)

    def _broken(self, claims: tuple[Claim, ...]) -> set[Claim]:
        """Return claims that were not shown to be kept: all where a step cannot be written as terms."""
        try:
            return self._moment(claims).broken()
        except UnprovenRange:
            return set(claims)

    def follows(self, invariant: tuple[Claim, ...], assumption: Assumption) -> str:
        """Return how an assumption was shown to hold where an invariant does; empty if it was not."""
        assert assumption.claim is not None
        try:
            return self._moment(invariant).shown(assumption.claim)
        except UnprovenRange:
            return ""

    def _holds_initially(self, claim: Claim) -> bool:
        return claim.holds({"a": self.program.initial, "b": ()})

    def _moment(self, claims: tuple[Claim, ...]) -> _Moment:
        if claims not in self._known:
            self._known[claims] = _Moment(self, claims)
        return self._known[claims]


class _Moment:
    """All states in which some claims hold, and what one token makes of them."""

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
        """What holds of the steps that are followed: they do not stop, and no assumption fails."""
        t, step = self.t, self.step
        claims = [a.claim for a in self.program.assumptions if a.claim is not None and not a.claim.after]
        fails = [self._fails(claim) for claim in claims]
        return [t.not_(part) for part in (*fails, step.failed, *step.traps)]

    def _fails(self, claim: RangeClaim) -> Term:
        """Return the condition that an assumption fails, here or, if an output makes it, of this state."""
        t, traps = self.t, list[Term]()
        begin = t.var("begin", BIT) if any(node.op is Op.BEGIN for node in claim.graph) else None
        roots = [node for site in claim.sites for node in site]
        found = encode(t, claim.graph.nodes, roots, TermLeaves(self.token, self.state, begin), traps)
        left = [t.and_([found[test], outside(t, found[node], claim.range)]) for test, node in claim.sites]
        return t.or_([*left, *traps])

    def broken(self) -> set[Claim]:
        """Return claims that were not shown to be kept, none if all were."""
        states: dict[str, Sequence[Term]] = {"a": self.step.state, "b": ()}
        broken, conditions = set[Claim](), {c: c.condition(self.t, states) for c in self.claims}
        for claim, kept in conditions.items():
            if claim not in broken:
                how, values = self._shown(kept, self.guard)
                if not how:
                    broken.add(claim)
                if values is not None:
                    broken |= _broken(conditions, values)
        return broken

    def shown(self, claim: RangeClaim) -> str:
        return self._shown(self.t.not_(self._fails(claim)), [])[0]

    def _shown(self, holds: Term, guard: Sequence[Term]) -> tuple[str, Mapping[str, int] | None]:
        """Return how a condition was shown; or an empty text, and values where it fails if there are some."""
        if holds.is_const and holds.value:
            return "by form", None
        t = self.t
        alone = t.not_(holds)
        end = time.monotonic() + min(self.induction.seconds_left, CUT_SECONDS)
        if vanishes(alone, REGIONS, end):
            return "by regions", None
        left = self.induction.seconds_left
        if left <= 0:
            return "", None
        answer = self.solver.ask([*self.assumed, *guard, alone], min(left, self.solver.seconds))
        if answer.result == "unsat":
            return "by solver", None
        return "", answer.values if answer.result == "sat" else None


def _broken(conditions: Mapping[Claim, Term], values: Mapping[str, int]) -> set[Claim]:
    """Return the claims that do not hold after a step; variables that were not asked about are lowest."""
    variables = {term.name: term.range.lo for term in cone(conditions.values()) if term.kind is Kind.VAR}
    found = values_of(conditions.values(), {**variables, **values})
    return {claim for claim, kept in conditions.items() if not found[kept]}
