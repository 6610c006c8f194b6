"""Cut points between two steps: inner words that are equal on random inputs are shown equal, lowest first.

What is shown equal becomes one term, so that every later question is about a little more than the one before.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Flag, auto
from functools import reduce
from itertools import chain

from streamssm.equivalences.smt.evaluation import values_of
from streamssm.equivalences.smt.linear_regions import vanishes
from streamssm.equivalences.smt.solver import Solver
from streamssm.equivalences.smt.term import Kind, Term, UnprovenRange, at_least_0, cone
from streamssm.equivalences.smt.term_builder import Terms

SAMPLES = 64
CUT_SECONDS = 2.0  # for one question about an inner word; the roots' will be asked anyway
SMALL = 40
MOST_ALIKE = 8  # unequal terms of one class that a term is compared with


class Sides(Flag):
    """The steps that a term is part of."""

    A = auto()
    B = auto()


BOTH = Sides.A | Sides.B


class SatSweep:
    """Joins equal terms of two steps."""

    def __init__(self, t: Terms, solver: Solver, assumed: Sequence[Term], seconds: float) -> None:
        self.t = t
        self.solver = solver
        self.assumed = list(assumed)
        self.seconds = seconds
        self.end = time.monotonic() + seconds
        self.joined = 0
        self._became: dict[Term, Term] = {}
        self._classes: dict[tuple[int, ...], list[Term]] = {}  # by their values on the samples
        self._samples: list[dict[Term, int]] = []
        self._order: list[Term] = []
        self._roots: set[Term] = set()
        self._sides: dict[Term, Sides] = {}

    def run(self, a: Iterable[Term], b: Iterable[Term]) -> tuple[list[Term], list[Term]]:
        """Return the roots of both steps, with inner terms that were shown to be equal joined."""
        roots = list(a), list(b)
        wanted = [*roots[0], *roots[1]]
        self._sides = {term: Sides(0) for term in cone(wanted)}
        for side, part in zip((Sides.A, Sides.B), roots, strict=True):
            for term in cone(part):
                self._sides[term] |= side
        self._roots = set(wanted)
        self._order = cone([*wanted, *self.assumed])
        self._samples = self._drawn()
        for term in cone(wanted):
            self._became[term] = self._joined(term)
        return tuple([self._became[root] for root in part] for part in roots)  # type: ignore[return-value]

    def _drawn(self) -> list[dict[Term, int]]:
        """Return the values of all terms on random inputs on which what is assumed holds."""
        draw, found = random.Random(0), list[dict[Term, int]]()
        inputs = [term for term in self._order if term.kind is Kind.VAR]
        for _ in range(SAMPLES):
            try:
                values = values_of(self._order, {term.name: _drawn(draw, term) for term in inputs})
            except UnprovenRange:  # an index without an entry, which what is assumed excludes
                continue
            if all(values[condition] for condition in self.assumed):
                found.append(values)
        return found

    def _joined(self, term: Term) -> Term:
        made = self._became[term] = rebuilt(self.t, term, [self._became[arg] for arg in term.args])
        while not made.is_const and self._samples:
            seen = self._seen(term)
            if len(set(seen)) == 1 or time.monotonic() > self.end:
                break
            alike = self._classes.setdefault(seen, [])
            others = [self._became[other] for other in alike if self._stand_apart(other, term)][:MOST_ALIKE]
            seconds = self.seconds if term in self._roots else CUT_SECONDS
            answers = (self._unlike(other, made, seconds) for other in others)
            if made in others:
                break
            for other, answer in zip(others, answers, strict=True):
                if answer == "unsat":
                    self.joined += 1
                    return other
                if not isinstance(answer, str):
                    self._tell_apart(answer)
                    break
            else:
                alike.append(term)
                break
        return made

    def _stand_apart(self, one: Term, other: Term) -> bool:
        """Return whether one term is of the one step, and the other of the other step."""
        sides = self._sides[one], self._sides[other]
        return sides[0] | sides[1] == BOTH and sides != (BOTH, BOTH)

    def _seen(self, term: Term) -> tuple[int, ...]:
        return tuple(values[term] for values in self._samples)

    def _tell_apart(self, inputs: Mapping[str, int]) -> None:
        """Add inputs on which two terms differ to the samples."""
        lowest = {term.name: term.range.lo for term in self._order if term.kind is Kind.VAR}
        self._samples.append(values_of(self._order, {**lowest, **inputs}))
        classes, self._classes = self._classes, {}
        for term in chain.from_iterable(classes.values()):
            self._classes.setdefault(self._seen(term), []).append(term)

    def _unlike(self, a: Term, b: Term, seconds: float) -> Mapping[str, int] | str:
        """Return inputs on which two terms differ, "unsat" where there are none, or "unknown"."""
        if _compare_one_form(a, b):
            return "unknown"
        unlike = self.t.not_(self.t.eq0(self.t.sub(a, b)))
        if unlike.is_const:
            return "unknown" if unlike.value else "unsat"
        if len(cone([unlike])) <= SMALL and vanishes(unlike):
            return "unsat"
        answer = self.solver.refute([*self.assumed, unlike], seconds)
        return answer.values if answer.result == "sat" else answer.result


def _compare_one_form(a: Term, b: Term) -> bool:
    """Return whether two conditions say that a form is at least this, and at least that."""
    forms = at_least_0(a), at_least_0(b)
    return forms[0] is not None and forms[1] is not None and forms[0][1] == forms[1][1]


def _drawn(draw: random.Random, term: Term) -> int:
    """Return an end of a term's range, a value of any size, or most often any value."""
    lo, hi = term.range.lo, term.range.hi
    sized = min(lo + draw.getrandbits(draw.randint(0, term.range.bits)), hi)
    return draw.choice((lo, hi, sized, sized, *(draw.randint(lo, hi) for _ in range(6))))


def rebuilt(t: Terms, term: Term, args: Sequence[Term]) -> Term:
    """Return a term over other arguments of the same values."""
    if all(a is b for a, b in zip(args, term.args, strict=True)):
        return term
    # values that are the same lie in the ranges that were known of the old arguments: without them, an index
    # might have no entry, bits be of a negative number, a condition be neither 0 nor 1
    known = [t.narrow(a, b.range) for a, b in zip(args, term.args, strict=True)]
    return _RULES[term.kind](t, term, known)


def _sum(t: Terms, term: Term, args: Sequence[Term]) -> Term:
    constant, coefficients = term.weights
    return t.sum(constant, zip(args, coefficients, strict=True))


def _extract(t: Terms, term: Term, args: Sequence[Term]) -> Term:
    low, bits = term.place
    return t.extract(args[0], low, bits)


def _table(t: Terms, term: Term, args: Sequence[Term]) -> Term:
    return t.table(args[0], *term.entries)


_RULES: dict[Kind, Callable[[Terms, Term, Sequence[Term]], Term]] = {
    Kind.SUM: _sum,
    Kind.GE0: lambda t, term, args: t.ge0(args[0]),
    Kind.EQ0: lambda t, term, args: t.eq0(args[0]),
    Kind.AND: lambda t, term, args: t.and_(args),
    Kind.ITE: lambda t, term, args: t.ite(args[0], args[1], args[2]),
    Kind.EXTRACT: _extract,
    Kind.BITAND: lambda t, term, args: t.bitwise(Kind.BITAND, args[0], args[1]),
    Kind.BITOR: lambda t, term, args: t.bitwise(Kind.BITOR, args[0], args[1]),
    Kind.BITXOR: lambda t, term, args: reduce(lambda a, b: t.bitwise(Kind.BITXOR, a, b), args),
    Kind.TABLE: _table,
}
