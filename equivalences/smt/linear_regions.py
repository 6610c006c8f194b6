"""Equations shown without a solver: the inputs are cut where conditions change, until all is linear."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from streamssm.equivalences.smt.term import Kind, Term, at_least_0, is_complement, plain_interval
from streamssm.ir.ranges import BIT, Range

MOST_REGIONS = 64

Linear = tuple[int, dict[Term, int]]


class _Undecided(Exception):
    def __init__(self, condition: Term, form: Linear | None) -> None:
        self.condition = condition
        self.form = form

    @property
    def cuts_off_a_point(self) -> bool:
        """Whether a cut leaves most of the inputs in one part: better to be made late."""
        return self.condition.kind is Kind.EQ0


def vanishes(term: Term, most_regions: int = MOST_REGIONS, end: float = inf) -> bool:
    """Return whether a term is shown to be 0 everywhere, before a moment; False says nothing."""
    stack, seen = [_Region()], 0
    while stack:
        region = stack.pop()
        seen += 1
        if seen > most_regions or time.monotonic() > end:
            return False
        if not region.is_possible():
            continue
        try:
            if not region.vanishes(term):
                return False
        except _Undecided as open_end:
            stack += region.split(open_end)
    return True


@dataclass
class _Region:
    """Where some conditions have known values, and some forms are at least 0."""

    decided: dict[Term, bool] = field(default_factory=dict)
    facts: list[Linear] = field(default_factory=list)
    _known: dict[Term, Linear] = field(default_factory=dict)
    _truths: dict[Term, bool] = field(default_factory=dict)
    _flags: dict[Term, Linear] = field(default_factory=dict)
    _flag_of: dict[tuple[int, frozenset[tuple[Term, int]]], Term] = field(default_factory=dict)

    def vanishes(self, term: Term) -> bool:
        form = self.linear(term)
        values = self.interval(form)
        if values is None or values == Range(0, 0):
            return True
        flag = self._flag_in(form)
        if flag is not None:
            raise _Undecided(flag, self._flags[flag])
        return False

    def _flag(self, open_end: _Undecided) -> Linear:
        """Return the one condition that stands for all that ask whether a form is 0."""
        assert open_end.form is not None
        constant, parts = open_end.form
        keys = [(sign * constant, frozenset((a, sign * w) for a, w in parts.items())) for sign in (1, -1)]
        flag = self._flag_of.get(keys[0]) or self._flag_of.get(keys[1])
        if flag is None:
            flag = self._flag_of[keys[0]] = Term(-1, Kind.EQ0, (), keys[0], BIT)
            self._flags[flag] = open_end.form
        return (int(self._truths[flag]), {}) if flag in self._truths else (0, {flag: 1})

    def _flag_in(self, form: Linear) -> Term | None:
        """Return a condition that was left open and stands in a form."""
        return next((atom for atom in form[1] if atom in self._flags), None)

    def split(self, open_end: _Undecided) -> list[_Region]:
        condition, form = open_end.condition, open_end.form
        if form is None:
            return [self._with({condition: truth}, []) for truth in (False, True)]
        flag = self._flag_in(form)
        if flag is not None:
            condition, form = flag, self._flags[flag]
        if condition.kind is not Kind.EQ0:
            return [
                self._with({condition: True}, [form]),
                self._with({condition: False}, [_plus((-1, {}), form, -1)]),
            ]
        less, more = _plus((-1, {}), form, -1), _plus((-1, {}), form, 1)
        return [
            self._with({condition: True}, [form, _plus((0, {}), form, -1)]),
            self._with({condition: False}, [less]),
            self._with({condition: False}, [more]),
        ]

    def _with(self, decided: dict[Term, bool], facts: list[Linear]) -> _Region:
        kept = list(self.facts)
        for fact in facts:
            kept = [*(old for old in kept if old[1] != fact[1] or old[0] < fact[0]), fact]
        # what holds here holds in every part; a form with a condition in it says less than it could
        open_ends = decided.keys() | self._flags.keys()
        known = {term: form for term, form in self._known.items() if open_ends.isdisjoint(form[1])}
        truths = {**self._truths, **decided}
        return _Region({**self.decided, **decided}, kept, known, truths, self._flags, self._flag_of)

    def is_possible(self) -> bool:
        return all(
            (values := self.interval(fact, place)) is not None and values.hi >= 0
            for place, fact in enumerate(self.facts)
        )

    # forms

    def linear(self, term: Term) -> Linear:
        """Return a term as a linear form here."""
        found = self._known.get(term)
        if found is None:
            found = self._known[term] = self._linear(term)
        return found

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
        total, open_ends = dict[Term, int](), list[_Undecided]()
        for atom, weight in inner:
            try:
                more = self.linear(atom)
                constant += weight * more[0]
                _add(total, more[1], weight)
            except _Undecided as open_end:
                open_ends.append(open_end)
                if not open_end.cuts_off_a_point:
                    break
        if open_ends:
            raise min(open_ends, key=lambda open_end: open_end.cuts_off_a_point)
        return constant, total

    def _choice(self, condition: Term, then: Term, other: Term) -> Linear:
        try:
            return self.linear(then if self.truth(condition) else other)
        except _Undecided as open_end:
            form = open_end.form
            if form is None or open_end.condition is not condition or condition.kind is Kind.EQ0:
                raise
            values = self.interval(form)
            if values is None or values.hi > 0:
                raise
            left, right = self.linear(then), self.linear(other)
            if not _is_multiple(_plus(left, right, -1), form):
                raise
            return right  # the two are equal where the condition holds

    def _equality(self, term: Term) -> Linear:
        """Return whether a form is 0 as 0 or 1, or as a condition that may cancel out."""
        try:
            return int(self.truth(term)), {}
        except _Undecided as open_end:
            if open_end.condition is not term:
                raise
            return self._flag(open_end)

    def _conjunction(self, term: Term) -> Linear:
        """Return a conjunction as a linear form: 0, 1, or the one bit that is left of it."""
        parts = self._undecided(term.args)
        if parts is None:
            return 0, {}
        if not parts:
            return 1, {}
        if len(parts) == 1 and parts[0][1].form is None and _is_bit(parts[0][0]):
            return self.linear(parts[0][0])
        raise _comparison(parts)

    def _undecided(self, conditions: Iterable[Term]) -> list[tuple[Term, _Undecided]] | None:
        """Return the conditions that change here, None if one of them all is false."""
        found = list[tuple[Term, _Undecided]]()
        for condition in conditions:
            try:
                if not self.truth(condition):
                    return None
            except _Undecided as open_end:
                found.append((condition, open_end))
        return found

    def truth(self, condition: Term) -> bool:
        """Return a condition's value here; _Undecided where it changes."""
        found = self._truths.get(condition)
        if found is None:
            found = self._truths[condition] = self._truth(condition)
        return found

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
        values = self.interval(form)
        if condition.kind is not Kind.EQ0 and values is not None and (values.lo >= 0 or values.hi < 0):
            return values.lo >= 0
        if condition.kind is Kind.EQ0 and values is not None and (not values.holds(0) or values.is_constant):
            return values == Range(0, 0)
        raise _Undecided(condition, form)

    def interval(self, form: Linear, but: int = -1) -> Range | None:
        """Return a range of a form here; None if no place is left."""
        lo, hi = _ends(form)
        for place, fact in enumerate(self.facts):
            if place != but:
                times, rest = _without(form, fact)
                if times > 0:
                    lo = max(lo, _ends(rest)[0])
                elif times < 0:
                    hi = min(hi, _ends(rest)[1])
        return Range(lo, hi) if lo <= hi else None


def _is_multiple(form: Linear, of: Linear) -> bool:
    return any(_plus(form, of, -times) == (0, {}) for times in (1, -1))


def _comparison(open_ends: Sequence[tuple[Term, _Undecided]]) -> _Undecided:
    """Return the first cut by a comparison, or else by a bit: a bit may stand in a linear form."""
    return min((open_end for _, open_end in open_ends), key=lambda open_end: open_end.form is None)


def _is_bit(condition: Term) -> bool:
    """Return whether a condition is a variable or a bit of something, or the complement of one."""
    inner = condition.args[0] if is_complement(condition) else condition
    return inner.kind is Kind.VAR or (inner.kind is Kind.EXTRACT and at_least_0(inner) is None)


def _plus(a: Linear, b: Linear, factor: int) -> Linear:
    total = dict(a[1])
    _add(total, b[1], factor)
    return a[0] + factor * b[0], total


def _add(total: dict[Term, int], more: Mapping[Term, int], factor: int) -> None:
    for atom, weight in more.items():
        left = total.get(atom, 0) + factor * weight
        if left:
            total[atom] = left
        else:
            total.pop(atom, None)


def _without(form: Linear, fact: Linear) -> tuple[int, Linear]:
    """Return (times, rest) with ``form = times * fact + rest``; times 0 where they have nothing in common."""
    for atom, weight in fact[1].items():
        mine = form[1].get(atom, 0)
        if mine and mine % weight == 0:
            return mine // weight, _plus(form, fact, -(mine // weight))
        return 0, form
    return 0, form


def _ends(form: Linear) -> tuple[int, int]:
    values = plain_interval((form[0], tuple(form[1].items())))
    return values.lo, values.hi
