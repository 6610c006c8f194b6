"""A differing stream of few tokens, searched by the solver from the initial states.

Fields may be as wide as they like, where a search of all tokens would not end.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from streamssm.equivalences.proving.induction import Prover, Values
from streamssm.equivalences.proving.networks import Ranges
from streamssm.equivalences.proving.transition_system import Context
from streamssm.equivalences.smt.term import Term, UnprovenRange
from streamssm.equivalences.smt.term_builder import Terms

MOST_TOKENS = 6


@dataclass(frozen=True)
class Bounded:
    """A shortest differing stream, or none of up to ``depth`` tokens."""

    stream: tuple[Values, ...] | None
    depth: int


def bounded_search(prover: Prover, seconds: float, most_tokens: int = MOST_TOKENS) -> Bounded:
    """Look for a differing stream, shorter ones first, until the time is over.

    Streams of a length at which a step cannot be written down are not covered, nor are longer ones.
    """
    covered = 0
    try:
        for found in _searches(prover, time.monotonic() + seconds, most_tokens):
            if found.stream is not None:
                return found
            covered = found.depth
    except UnprovenRange:
        pass
    return Bounded(None, covered)


def _searches(prover: Prover, end: float, most_tokens: int) -> Iterator[Bounded]:
    """Yield, for each length that is decided in time, a differing stream or that there is none."""
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
            return
        if not (differ.is_const and not differ.value):
            answer = prover.solver.ask([*fine, differ], left)
            if answer.result == "sat":
                yield Bounded(_stream(tokens, answer.values), depth)
            if answer.result != "unsat":
                return
        yield Bounded(None, depth)
        fine.append(t.not_(a.failed))
        states = [list(a.state), list(b.state)]


def _stream(tokens: list[tuple[Term, ...]], values: dict[str, int]) -> tuple[Values, ...]:
    def value(term: Term) -> int:
        return term.value if term.is_const else values.get(term.name, term.range.lo)

    return tuple(tuple(value(term) for term in token) for token in tokens)
