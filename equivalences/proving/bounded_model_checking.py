"""Bounded model checking: unroll both systems from the initial states and ask for a differing stream.

Fields may be of any width, while explicit enumeration of their tokens would not end.
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
    """A shortest differing stream, or the result that no stream of up to ``depth`` tokens differs."""

    stream: tuple[Values, ...] | None
    depth: int


def bounded_search(prover: Prover, seconds: float, most_tokens: int = MOST_TOKENS) -> Bounded:
    """Search for a differing stream, shorter ones first, until the time is up.

    A length at which a step cannot be encoded is not covered, nor is any longer one.
    """
    covered = 0
    try:
        for result in _unroll(prover, time.monotonic() + seconds, most_tokens):
            if result.stream is not None:
                return result
            covered = result.depth
    except UnprovenRange:
        pass
    return Bounded(None, covered)


def _unroll(prover: Prover, end: float, most_tokens: int) -> Iterator[Bounded]:
    """Yield the result for each length that is decided in time."""
    t = Terms()
    context = Context(t, prover.lemmas, Ranges(t, prover.solver, ()))
    # Initial states are constants, so that the first steps simplify by constant folding.
    states = [[t.const(word.init) for word in system.words] for system in (prover.a, prover.b)]
    no_failure, tokens = list[Term](), list[tuple[Term, ...]]()
    for depth in range(1, most_tokens + 1):
        fields = enumerate(prover.a.fields)
        tokens.append(tuple(t.var(f"x{depth}.{i}", w.range) for i, w in fields))
        a, b = (
            system.step(context, state, tokens[-1])
            for system, state in zip((prover.a, prover.b), states, strict=True)
        )
        unequal = [t.not_(t.eq0(t.sub(x, y))) for x, y in zip(a.outputs, b.outputs, strict=True)]
        # A difference is an error on one side only, or unequal outputs where neither side fails.
        stops = t.not_(t.eq0(t.sub(a.failed, b.failed)))
        differ = t.or_([stops, t.and_([t.not_(a.failed), t.or_(unequal)])])
        seconds_left = end - time.monotonic()
        if seconds_left <= 0:
            return
        # No query is needed if the normal forms are equal, as for two copies of one program.
        if not (differ.is_const and not differ.value):
            answer = prover.solver.ask([*no_failure, differ], seconds_left)
            if answer.result == "sat":
                yield Bounded(_stream(tokens, answer.values), depth)
            if answer.result != "unsat":
                return
        yield Bounded(None, depth)
        # Longer streams continue after steps without an error. Shorter ones do not differ, so side b fails
        # with side a.
        no_failure.append(t.not_(a.failed))
        states = [list(a.state), list(b.state)]


def _stream(tokens: list[tuple[Term, ...]], values: dict[str, int]) -> tuple[Values, ...]:
    def value(term: Term) -> int:
        return term.value if term.is_const else values.get(term.name, term.range.lo)

    return tuple(tuple(value(term) for term in token) for token in tokens)
