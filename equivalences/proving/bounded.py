"""A differing stream of few tokens, searched by the solver from the initial states.

Fields may be as wide as they like, where a search of all tokens would not end.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from streamssm.equivalences.proving.induction import Prover, Values
from streamssm.equivalences.proving.networks import Ranges
from streamssm.equivalences.proving.systems import Context
from streamssm.equivalences.proving.term import Term
from streamssm.equivalences.proving.terms import Terms

MOST_TOKENS = 6


@dataclass(frozen=True)
class Bounded:
    """A shortest differing stream, or none of up to ``depth`` tokens."""

    stream: tuple[Values, ...] | None
    depth: int


def bounded_search(prover: Prover, seconds: float, most_tokens: int = MOST_TOKENS) -> Bounded:
    """Look for a differing stream, shorter ones first, until the time is over."""
    end = time.monotonic() + seconds
    t = Terms()
    context = Context(t, prover.lemmas, Ranges(t, prover.solver, ()))
    states = [[t.const(word.init) for word in system.words] for system in (prover.a, prover.b)]
    fine, tokens = list[Term](), list[tuple[Term, ...]]()
    for depth in range(1, most_tokens + 1):
        fields = enumerate(prover.a.fields)
        tokens.append(tuple(t.var(f"x{depth}.{i}", w.range) for i, w in fields))
        a, b = (
            system.step(context, state, tokens[-1])
            for system, state in zip((prover.a, prover.b), states, strict=True)
        )
        unequal = [t.not_(t.eq0(t.sub(x, y))) for x, y in zip(a.outputs, b.outputs, strict=True)]
        stops = t.not_(t.eq0(t.sub(a.failed, b.failed)))
        differ = t.or_([stops, t.and_([t.not_(a.failed), t.or_(unequal)])])
        left = end - time.monotonic()
        if left <= 0:
            return Bounded(None, depth - 1)
        if not (differ.is_const and not differ.value):
            answer = prover.solver.ask([*fine, differ], left)
            if answer.result == "sat":
                return Bounded(_stream(tokens, answer.values), depth)
            if answer.result != "unsat":
                return Bounded(None, depth - 1)
        fine.append(t.not_(a.failed))
        states = [list(a.state), list(b.state)]
    return Bounded(None, most_tokens)


def _stream(tokens: list[tuple[Term, ...]], values: dict[str, int]) -> tuple[Values, ...]:
    def value(term: Term) -> int:
        return term.value if term.is_const else values.get(term.name, term.range.lo)

    return tuple(tuple(value(term) for term in token) for token in tokens)
