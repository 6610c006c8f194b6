"""Cut points between two steps: inner words that are equal on random inputs are shown equal, lowest first.

What is shown equal becomes one term, so that every later question is about a little more than the one before.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence

from streamssm.equivalences.proving.regions import vanishes
from streamssm.equivalences.proving.solver import Solver
from streamssm.equivalences.proving.terms import Kind, Term, Terms, cone, values_of

SAMPLES = 48
CUT_SECONDS = 2.0  # for one question
SMALL = 40


class Sweep:
    """Joins equal terms of some roots' cones."""

    def __init__(self, t: Terms, solver: Solver, assumed: Sequence[Term], seconds: float) -> None:
        self.t = t
        self.solver = solver
        self.assumed = list(assumed)
        self.end = time.monotonic() + seconds
        self.joined = 0
        self._became: dict[Term, Term] = {}
        self._first: dict[tuple[int, ...], Term] = {}

    def run(self, roots: Iterable[Term]) -> list[Term]:
        """Return the roots, with inner terms that were shown to be equal joined."""
        wanted = list(roots)
        order = cone(wanted)
        samples = self._samples(order)
        for term in order:
            self._became[term] = self._joined(term, samples)
        return [self._became[root] for root in wanted]

    def _samples(self, order: Sequence[Term]) -> list[dict[Term, int]]:
        """Return the values of all terms on random inputs on which what is assumed holds."""
        draw, found = random.Random(0), list[dict[Term, int]]()
        inputs = [term for term in cone([*order, *self.assumed]) if term.kind is Kind.VAR]
        for _ in range(SAMPLES):
            chosen = {str(term.attr): _drawn(draw, term) for term in inputs}
            values = values_of([*order, *self.assumed], chosen)
            if all(values[condition] for condition in self.assumed):
                found.append(values)
        return found

    def _joined(self, term: Term, samples: list[dict[Term, int]]) -> Term:
        made = rebuilt(self.t, term, [self._became[arg] for arg in term.args])
        if made.is_const or not samples:
            return made
        seen = tuple(values[term] for values in samples)
        if len(set(seen)) == 1:
            return made
        first = self._first.setdefault(seen, made)
        if first is made or time.monotonic() > self.end:
            return made
        if self._are_equal(first, made):
            self.joined += 1
            return first
        return made

    def _are_equal(self, a: Term, b: Term) -> bool:
        unlike = self.t.not_(self.t.eq0(self.t.sub(a, b)))
        if unlike.is_const:
            return not unlike.value
        if len(cone([unlike])) <= SMALL and vanishes(unlike):
            return True
        return self.solver.ask([*self.assumed, unlike], CUT_SECONDS).result == "unsat"


def _drawn(draw: random.Random, term: Term) -> int:
    lo, hi = term.range.lo, term.range.hi
    return draw.choice((lo, hi, *(draw.randint(lo, hi) for _ in range(6))))


def rebuilt(t: Terms, term: Term, args: Sequence[Term]) -> Term:
    """Return a term over other arguments of the same values."""
    if all(a is b for a, b in zip(args, term.args, strict=True)):
        return term
    return _RULES[term.kind](t, term, args)


def _sum(t: Terms, term: Term, args: Sequence[Term]) -> Term:
    constant, coefficients = term.attr
    return t.sum(constant, zip(args, coefficients, strict=True))


def _extract(t: Terms, term: Term, args: Sequence[Term]) -> Term:
    low, bits = term.attr
    return t.extract(args[0], low, bits)


def _table(t: Terms, term: Term, args: Sequence[Term]) -> Term:
    first, values = term.attr
    if first <= args[0].range.lo and args[0].range.hi < first + len(values):
        return t.table(args[0], first, values)
    return term


_RULES: dict[Kind, Callable[[Terms, Term, Sequence[Term]], Term]] = {
    Kind.SUM: _sum,
    Kind.GE0: lambda t, term, args: t.ge0(args[0]),
    Kind.EQ0: lambda t, term, args: t.eq0(args[0]),
    Kind.AND: lambda t, term, args: t.and_(args),
    Kind.ITE: lambda t, term, args: t.ite(args[0], args[1], args[2]),
    Kind.EXTRACT: _extract,
    Kind.BITAND: lambda t, term, args: t.bitwise(Kind.BITAND, args[0], args[1]),
    Kind.BITOR: lambda t, term, args: t.bitwise(Kind.BITOR, args[0], args[1]),
    Kind.BITXOR: lambda t, term, args: t.bitwise(Kind.BITXOR, args[0], args[1]),
    Kind.TABLE: _table,
    Kind.UDIV: lambda t, term, args: term,
    Kind.UREM: lambda t, term, args: term,
}
