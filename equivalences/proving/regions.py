"""Equations shown without a solver: cut the inputs where conditions change, until all that is left is
linear."""

from __future__ import annotations

from dataclasses import dataclass, field

from streamssm.equivalences.proving.terms import Kind, Term, at_least_0, is_complement, plain_interval
from streamssm.program.ranges import Range

MOST_REGIONS = 64

Linear = tuple[int, dict[Term, int]]


class _Undecided(Exception):
    def __init__(self, condition: Term, form: Linear | None) -> None:
        self.condition = condition
        self.form = form


def vanishes(term: Term, most_regions: int = MOST_REGIONS) -> bool:
    """Return whether a term is shown to be 0 everywhere; False says nothing."""
    stack, seen = [_Region()], 0
    while stack:
        region = stack.pop()
        seen += 1
        if seen > most_regions:
            return False
        if not region.is_possible():
            continue
        try:
            values = region.interval(region.linear(term))
        except _Undecided as open_end:
            stack += region.split(open_end)
            continue
        if values is not None and values != Range(0, 0):
            return False
    return True


@dataclass
class _Region:
    """Where some conditions have known values, and some forms are at least 0."""

    decided: dict[Term, bool] = field(default_factory=dict)
    facts: list[Linear] = field(default_factory=list)
    _known: dict[Term, Linear] = field(default_factory=dict)

    def split(self, open_end: _Undecided) -> list[_Region]:
        condition, form = open_end.condition, open_end.form
        if form is None:
            return [self._with({condition: truth}, []) for truth in (False, True)]
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
        return _Region({**self.decided, **decided}, [*self.facts, *facts])

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
            constant, inner = term.form
            found: Linear = (constant, {})
            for atom, weight in inner:
                found = _plus(found, self.linear(atom), weight)
            return found
        if term.kind is Kind.ITE:
            return self.linear(term.args[1 if self.truth(term.args[0]) else 2])
        if term.kind in (Kind.EQ0, Kind.AND) or term in self.decided or at_least_0(term) is not None:
            return int(self.truth(term)), {}
        return 0, {term: 1}

    def truth(self, condition: Term) -> bool:
        """Return a condition's value here; _Undecided where it changes."""
        if condition in self.decided:
            return self.decided[condition]
        if condition.is_const:
            return bool(condition.value)
        if is_complement(condition):
            return not self.truth(condition.args[0])
        if condition.kind is Kind.AND:
            return all(self.truth(part) for part in condition.args)
        compared = condition.args[0].form if condition.kind is Kind.EQ0 else at_least_0(condition)
        if compared is None:
            raise _Undecided(condition, None)
        form: Linear = (compared[0], {})
        for atom, weight in compared[1]:
            form = _plus(form, self.linear(atom), weight)
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


def _plus(a: Linear, b: Linear, factor: int) -> Linear:
    total = dict(a[1])
    for atom, weight in b[1].items():
        left = total.get(atom, 0) + factor * weight
        if left:
            total[atom] = left
        else:
            total.pop(atom, None)
    return a[0] + factor * b[0], total


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
