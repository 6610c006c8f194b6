"""SAT sweeping: prove equalities between internal words of two steps, bottom-up.

Random simulation partitions the words into candidate classes by their values (their signatures). From the
inputs to the outputs, words of one class are compared; equal ones are merged into one term, so that each
query only spans the distance from the cut points merged before. A counterexample refines the partition.
(Kuehlmann and Krohm 1997; Mishchenko et al. 2005, "FRAIGs".)
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
# Time limit of a query about an internal word: only the roots have to be decided.
CUT_SECONDS = 2.0
# Queries of at most this many terms are first tried by case splitting.
SMALL = 40
# Members of its class that a word is compared with at most.
MAX_CANDIDATES = 8


class Sides(Flag):
    """The steps in whose cone a term lies."""

    A = auto()
    B = auto()


BOTH = Sides.A | Sides.B


class SatSweep:
    """Merges equal terms of two steps."""

    def __init__(self, t: Terms, solver: Solver, assumed: Sequence[Term], seconds: float) -> None:
        self.t = t
        self.solver = solver
        self.assumed = list(assumed)
        self.seconds = seconds
        self.end = time.monotonic() + seconds
        self.joined = 0
        self._representative: dict[Term, Term] = {}
        self._classes: dict[tuple[int, ...], list[Term]] = {}  # by signature
        self._samples: list[dict[Term, int]] = []
        self._order: list[Term] = []
        self._roots: set[Term] = set()
        self._sides: dict[Term, Sides] = {}

    def run(self, a: Iterable[Term], b: Iterable[Term]) -> tuple[list[Term], list[Term]]:
        """Return the roots of both steps, with all internal terms that were shown equal merged."""
        roots = list(a), list(b)
        all_roots = [*roots[0], *roots[1]]
        self._sides = {term: Sides(0) for term in cone(all_roots)}
        for side, part in zip((Sides.A, Sides.B), roots, strict=True):
            for term in cone(part):
                self._sides[term] |= side
        self._roots = set(all_roots)
        self._order = cone([*all_roots, *self.assumed])
        self._samples = self._simulate()
        for term in cone(all_roots):
            self._representative[term] = self._merge(term)
        first, second = ([self._representative[root] for root in part] for part in roots)
        return first, second

    def _simulate(self) -> list[dict[Term, int]]:
        """Return the values of all terms on random inputs that satisfy the assumptions."""
        # A fixed seed makes the queries of a proof reproducible.
        draw, samples = random.Random(0), list[dict[Term, int]]()
        inputs = [term for term in self._order if term.kind is Kind.VAR]
        for _ in range(SAMPLES):
            try:
                values = values_of(self._order, {term.name: _draw_value(draw, term) for term in inputs})
            # An index outside of its table, which the assumptions exclude.
            except UnprovenRange:
                continue
            # Samples outside of the related states would separate words that are equal in all related states.
            if all(values[condition] for condition in self.assumed):
                samples.append(values)
        return samples

    def _merge(self, term: Term) -> Term:
        merged = self._representative[term] = rebuilt(
            self.t, term, [self._representative[arg] for arg in term.args]
        )
        # Repeat after each refinement: the word may have moved to another class.
        while not merged.is_const and self._samples:
            signature = self._signature(term)
            # A word with one value on all samples matches anything constant: such candidates are mostly
            # false.
            if len(set(signature)) == 1 or time.monotonic() > self.end:
                break
            members = self._classes.setdefault(signature, [])
            others = [
                self._representative[other] for other in members if self._are_of_opposite_sides(other, term)
            ][:MAX_CANDIDATES]
            seconds = self.seconds if term in self._roots else CUT_SECONDS
            # A generator: a query is only asked if the ones before it were not decisive.
            answers = (self._counterexample(other, merged, seconds) for other in others)
            # The words became one node by merging their arguments: no query is needed.
            if merged in others:
                break
            for other, answer in zip(others, answers, strict=True):
                if answer == "unsat":
                    self.joined += 1
                    return other
                if not isinstance(answer, str):
                    self._refine(answer)
                    break
            else:
                members.append(term)
                break
        return merged

    def _are_of_opposite_sides(self, one: Term, other: Term) -> bool:
        """Return whether the two terms belong to different steps, not both to both of them."""
        sides = self._sides[one], self._sides[other]
        return sides[0] | sides[1] == BOTH and sides != (BOTH, BOTH)

    def _signature(self, term: Term) -> tuple[int, ...]:
        return tuple(values[term] for values in self._samples)

    def _refine(self, inputs: Mapping[str, int]) -> None:
        """Add a counterexample to the samples and refine the candidate classes by it."""
        # The simplified query may not mention every variable; the others may have any value.
        lowest = {term.name: term.range.lo for term in self._order if term.kind is Kind.VAR}
        self._samples.append(values_of(self._order, {**lowest, **inputs}))
        classes, self._classes = self._classes, {}
        for term in chain.from_iterable(classes.values()):
            self._classes.setdefault(self._signature(term), []).append(term)

    def _counterexample(self, a: Term, b: Term, seconds: float) -> Mapping[str, int] | str:
        """Return inputs on which two terms differ, "unsat" if there are none, or "unknown"."""
        if _bound_the_same_form(a, b):
            return "unknown"
        unlike = self.t.not_(self.t.eq0(self.t.sub(a, b)))
        if unlike.is_const:
            return "unknown" if unlike.value else "unsat"
        if len(cone([unlike])) <= SMALL and vanishes(unlike):
            return "unsat"
        answer = self.solver.refute([*self.assumed, unlike], seconds)
        return answer.values if answer.result == "sat" else answer.result


def _bound_the_same_form(a: Term, b: Term) -> bool:
    """Return whether two conditions compare the same form, with different bounds."""
    forms = at_least_0(a), at_least_0(b)
    return forms[0] is not None and forms[1] is not None and forms[0][1] == forms[1][1]


def _draw_value(draw: random.Random, term: Term) -> int:
    """Draw an end of the range, a value of random bit length, or most often a uniform value."""
    lo, hi = term.range.lo, term.range.hi
    sized = min(lo + draw.getrandbits(draw.randint(0, term.range.bits)), hi)
    return draw.choice((lo, hi, sized, sized, *(draw.randint(lo, hi) for _ in range(6))))


def rebuilt(t: Terms, term: Term, args: Sequence[Term]) -> Term:
    """Return a term rebuilt over arguments that are known to equal its own."""
    if all(a is b for a, b in zip(args, term.args, strict=True)):
        return term
    # Equal values lie in the ranges of the old arguments too. Without these, an index might leave its table,
    # bits be taken of a negative number, or a condition be neither 0 nor 1.
    known = [t.narrow(a, b.range) for a, b in zip(args, term.args, strict=True)]
    return _RULES[term.kind](t, term, known)


def _sum(t: Terms, term: Term, args: Sequence[Term]) -> Term:
    constant, coefficients = term.weights
    return t.sum(constant, zip(args, coefficients, strict=True))


def _extract(t: Terms, term: Term, args: Sequence[Term]) -> Term:
    low, bits = term.bit_slice
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
