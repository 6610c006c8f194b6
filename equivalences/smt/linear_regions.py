"""Decide that a term is 0 everywhere, without a solver: case splitting into regions where the term is linear.

A region is a conjunction of linear inequalities. In a region where every condition is constant, the term is a
linear form, and interval arithmetic with the region's inequalities may show that it is 0. Where a condition
changes, the region is split by it. Numbers of any width cost the same, unlike in bit-blasting.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from streamssm.equivalences.smt.term import Kind, Term, at_least_0, is_complement, plain_interval
from streamssm.ir.ranges import BIT, Range

# Regions that are examined before the question is left to the solver.
MOST_REGIONS = 64

Linear = tuple[int, dict[Term, int]]


class _Undecided(Exception):
    """A condition that changes within a region, and the form that it compares with 0 (None for a bit)."""

    def __init__(self, condition: Term, form: Linear | None) -> None:
        self.condition = condition
        self.form = form

    @property
    def cuts_off_a_point(self) -> bool:
        """The condition is an equation: a split by it leaves most inputs on one side, so best made late."""
        return self.condition.kind is Kind.EQ0


def vanishes(term: Term, most_regions: int = MOST_REGIONS, end: float = inf) -> bool:
    """Return whether a term is shown to be 0 everywhere before time ``end``; False means unknown."""
    # Depth first: a region that refutes the claim ends the search early, and the stack stays small.
    stack, num_regions = [_Region()], 0
    while stack:
        region = stack.pop()
        num_regions += 1
        if num_regions > most_regions or time.monotonic() > end:
            return False
        # Nothing has to be shown about a region without inputs.
        if not region.is_possible():
            continue
        try:
            if not region.vanishes(term):
                return False
        except _Undecided as cut:
            stack += region.split(cut)
    return True


@dataclass
class _Region:
    """The inputs for which some conditions have known values and some linear forms are at least 0."""

    decided: dict[Term, bool] = field(default_factory=dict)
    facts: list[Linear] = field(default_factory=list)
    _known: dict[Term, Linear] = field(default_factory=dict)
    _truths: dict[Term, bool] = field(default_factory=dict)
    _flags: dict[Term, Linear] = field(default_factory=dict)
    _flag_of: dict[tuple[int, frozenset[tuple[Term, int]]], Term] = field(default_factory=dict)

    def vanishes(self, term: Term) -> bool:
        form = self.linear(term)
        interval = self.interval(form)
        if interval is None or interval == Range(0, 0):
            return True
        flag = self._flag_in(form)
        # The form is not 0 as it is, but it may be once the indicator is known: split by it.
        if flag is not None:
            raise _Undecided(flag, self._flags[flag])
        return False

    def _flag(self, cut: _Undecided) -> Linear:
        """Return the indicator [form = 0], one symbol for all conditions that test a form or its negative."""
        assert cut.form is not None
        constant, parts = cut.form
        # f = 0 and -f = 0 are one condition.
        keys = [(sign * constant, frozenset((a, sign * w) for a, w in parts.items())) for sign in (1, -1)]
        flag = self._flag_of.get(keys[0]) or self._flag_of.get(keys[1])
        if flag is None:
            flag = self._flag_of[keys[0]] = Term(-1, Kind.EQ0, (), keys[0], BIT)
            self._flags[flag] = cut.form
        return (int(self._truths[flag]), {}) if flag in self._truths else (0, {flag: 1})

    def _flag_in(self, form: Linear) -> Term | None:
        """Return an undecided indicator that occurs in a form; None if there is none."""
        return next((atom for atom in form[1] if atom in self._flags), None)

    def split(self, cut: _Undecided) -> list[_Region]:
        condition, form = cut.condition, cut.form
        if form is None:
            return [self._with({condition: truth}, []) for truth in (False, True)]
        flag = self._flag_in(form)
        if flag is not None:
            condition, form = flag, self._flags[flag]
        if condition.kind is not Kind.EQ0:
            return [
                self._with({condition: True}, [form]),
                # not f >= 0 is -f - 1 >= 0 over the integers.
                self._with({condition: False}, [_plus((-1, {}), form, -1)]),
            ]
        # Integers: f != 0 means f <= -1 or f >= 1, so an equation splits a region into three convex parts.
        less, more = _plus((-1, {}), form, -1), _plus((-1, {}), form, 1)
        return [
            self._with({condition: True}, [form, _plus((0, {}), form, -1)]),
            self._with({condition: False}, [less]),
            self._with({condition: False}, [more]),
        ]

    def _with(self, decided: dict[Term, bool], facts: list[Linear]) -> _Region:
        strongest = list(self.facts)
        for fact in facts:
            # Of two facts with the same terms, the one with the smaller constant implies the other.
            strongest = [*(old for old in strongest if old[1] != fact[1] or old[0] < fact[0]), fact]
        # Whatever was derived for this region holds in its parts, so the caches are inherited, except for
        # forms with a condition that is decided now: they would keep it as an unknown.
        conditions = decided.keys() | self._flags.keys()
        known = {term: form for term, form in self._known.items() if conditions.isdisjoint(form[1])}
        truths = {**self._truths, **decided}
        return _Region({**self.decided, **decided}, strongest, known, truths, self._flags, self._flag_of)

    def is_possible(self) -> bool:
        return all(
            (interval := self.interval(fact, index)) is not None and interval.hi >= 0
            for index, fact in enumerate(self.facts)
        )

    # forms

    def linear(self, term: Term) -> Linear:
        """Return the linear form that equals a term in this region."""
        form = self._known.get(term)
        if form is None:
            form = self._known[term] = self._linear(term)
        return form

    def _linear(self, term: Term) -> Linear:
        if term.kind in (Kind.SUM, Kind.CONST):
            return self._sum(*term.form)
        if term.kind is Kind.ITE:
            return self._choice(*term.args)
        if term.kind is Kind.AND:
            return self._conjunction(term)
        if term.kind is Kind.EQ0:
            return self._equality(term)
        if term in self.decided or at_least_0(term) is not None:
            return int(self.truth(term)), {}
        return 0, {term: 1}

    def _sum(self, constant: int, inner: Sequence[tuple[Term, int]]) -> Linear:
        total, undecided_parts = dict[Term, int](), list[_Undecided]()
        for atom, weight in inner:
            try:
                more = self.linear(atom)
                constant += weight * more[0]
                _add(total, more[1], weight)
            except _Undecided as cut:
                # Keep looking for an inequality: it halves the region, an equation only cuts off a slice.
                undecided_parts.append(cut)
                if not cut.cuts_off_a_point:
                    break
        if undecided_parts:
            raise min(undecided_parts, key=lambda cut: cut.cuts_off_a_point)
        return constant, total

    def _choice(self, condition: Term, then: Term, other: Term) -> Linear:
        try:
            return self.linear(then if self.truth(condition) else other)
        except _Undecided as cut:
            form = cut.form
            if form is None or cut.condition is not condition or condition.kind is Kind.EQ0:
                raise
            interval = self.interval(form)
            if interval is None or interval.hi > 0:
                raise
            # The condition f >= 0 cannot be decided, but f <= 0 holds here, so f = 0 wherever it is true. If
            # the branches differ by a multiple of f, they are equal there, and the choice is its else branch
            # throughout.
            left, right = self.linear(then), self.linear(other)
            if not _is_multiple(_plus(left, right, -1), form):
                raise
            return right

    def _equality(self, term: Term) -> Linear:
        """Return an equation as 0 or 1, or as an indicator, which may cancel out of the sum around it."""
        try:
            return int(self.truth(term)), {}
        except _Undecided as cut:
            if cut.condition is not term:
                raise
            return self._flag(cut)

    def _conjunction(self, term: Term) -> Linear:
        """Return a conjunction as a linear form: 0, 1, or its only undecided part if that is a bit."""
        parts = self._undecided(term.args)
        if parts is None:
            return 0, {}
        if not parts:
            return 1, {}
        if len(parts) == 1 and parts[0][1].form is None and _is_bit(parts[0][0]):
            return self.linear(parts[0][0])
        raise _comparison(parts)

    def _undecided(self, conditions: Iterable[Term]) -> list[tuple[Term, _Undecided]] | None:
        """Return the conditions that change in this region; None if one of them is false throughout."""
        undecided = list[tuple[Term, _Undecided]]()
        for condition in conditions:
            try:
                if not self.truth(condition):
                    return None
            except _Undecided as cut:
                undecided.append((condition, cut))
        return undecided

    def truth(self, condition: Term) -> bool:
        """Return a condition's value in this region; raise _Undecided if it changes."""
        truth = self._truths.get(condition)
        if truth is None:
            truth = self._truths[condition] = self._truth(condition)
        return truth

    def _truth(self, condition: Term) -> bool:
        if condition.is_const:
            return bool(condition.value)
        if is_complement(condition):
            return not self.truth(condition.args[0])
        if condition.kind is Kind.AND:
            parts = self._undecided(condition.args)
            if parts:
                raise _comparison(parts)
            return parts is not None
        if condition.kind is Kind.ITE:
            return self.truth(condition.args[1 if self.truth(condition.args[0]) else 2])
        compared = condition.args[0].form if condition.kind is Kind.EQ0 else at_least_0(condition)
        if compared is None:
            raise _Undecided(condition, None)
        form = self._sum(*compared)
        interval = self.interval(form)
        if condition.kind is not Kind.EQ0 and interval is not None and (interval.lo >= 0 or interval.hi < 0):
            return interval.lo >= 0
        if (
            condition.kind is Kind.EQ0
            and interval is not None
            and (not interval.holds(0) or interval.is_constant)
        ):
            return interval == Range(0, 0)
        raise _Undecided(condition, form)

    def interval(self, form: Linear, skip: int = -1) -> Range | None:
        """Return a range of a form in this region, ignoring fact ``skip``; None if the region is empty."""
        lo, hi = _ends(form)
        for index, fact in enumerate(self.facts):
            if index != skip:
                times, remainder = _eliminate(form, fact)
                # One step of Fourier-Motzkin elimination: form = times * fact + remainder and fact >= 0, so
                # the remainder bounds the form from below (from above if times < 0).
                if times > 0:
                    lo = max(lo, _ends(remainder)[0])
                elif times < 0:
                    hi = min(hi, _ends(remainder)[1])
        return Range(lo, hi) if lo <= hi else None


def _is_multiple(form: Linear, of: Linear) -> bool:
    return any(_plus(form, of, -times) == (0, {}) for times in (1, -1))


def _comparison(undecided_parts: Sequence[tuple[Term, _Undecided]]) -> _Undecided:
    """Return the first split by a comparison, else by a bit: a bit can stay as a term of a linear form."""
    return min((cut for _, cut in undecided_parts), key=lambda cut: cut.form is None)


def _is_bit(condition: Term) -> bool:
    """Return whether a condition is a variable, an extracted bit, or the complement of one of these."""
    inner = condition.args[0] if is_complement(condition) else condition
    return inner.kind is Kind.VAR or (inner.kind is Kind.EXTRACT and at_least_0(inner) is None)


def _plus(a: Linear, b: Linear, factor: int) -> Linear:
    total = dict(a[1])
    _add(total, b[1], factor)
    return a[0] + factor * b[0], total


def _add(total: dict[Term, int], more: Mapping[Term, int], factor: int) -> None:
    for atom, weight in more.items():
        coefficient = total.get(atom, 0) + factor * weight
        if coefficient:
            total[atom] = coefficient
        else:
            total.pop(atom, None)


def _eliminate(form: Linear, fact: Linear) -> tuple[int, Linear]:
    """Return (times, remainder) with ``form = times * fact + remainder``; times is 0 if no term cancels."""
    for atom, weight in fact[1].items():
        mine = form[1].get(atom, 0)
        if mine and mine % weight == 0:
            return mine // weight, _plus(form, fact, -(mine // weight))
        return 0, form
    return 0, form


def _ends(form: Linear) -> tuple[int, int]:
    interval = plain_interval((form[0], tuple(form[1].items())))
    return interval.lo, interval.hi
