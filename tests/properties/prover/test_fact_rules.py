"""Facts derived from conditions, and bounds derived from facts, hold on every row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from streamssm.equivalences.smt.term import (
    Form,
    Kind,
    Term,
    at_least_0,
    bounded,
    cone,
    facts_of,
    is_complement,
    plain_interval,
)
from streamssm.ir.ranges import BIT
from tests.random_terms import WEIGHTS, Column, Pool, column_of
from tests.soak import examples
from tests.term_rules import RULES, and_, ge0, not_


def pools(number: int) -> Iterator[Pool]:
    for seed in range(number):
        pool = Pool(seed + 7_000_000)
        pool.grow(RULES, 22)
        pool.grow({"ge0": ge0, "and": and_, "not": not_}, 6)
        yield pool


def columns(pool: Pool) -> dict[Term, Column]:
    return pool.values([term for term, _ in pool.found])


def forms(pool: Pool, known: list[Form]) -> list[Form]:
    """Return sums that have something in common with what is known, and others."""
    result = [term.form for term, _ in pool.found if term.args]
    for constant, inner in known:
        (x, _), times = pool.word(), pool.draw.choice(WEIGHTS)
        total = {atom: times * weight for atom, weight in inner}
        for atom, weight in x.form[1]:
            total[atom] = total.get(atom, 0) + weight
        parts = tuple((atom, weight) for atom, weight in total.items() if weight)
        result.append((pool.draw.randint(-9, 9) + times * constant, parts))
    return result


@pytest.mark.soak
def test_what_a_condition_compares_is_what_it_says() -> None:
    """at_least_0, also of the top bits of words whose ranges were narrowed since."""
    counts = dict.fromkeys((Kind.GE0, Kind.EXTRACT), 0)
    for pool in pools(examples(40)):
        values = columns(pool)
        for term, column in values.items():
            compared = at_least_0(term)
            if compared is not None:
                assert (column == (column_of(compared, values, pool.num_rows) >= 0)).all(), term
                counts[term.kind] += 1
    assert all(counts.values())


@pytest.mark.soak
def test_facts_hold_where_the_condition_does() -> None:
    counts = {True: 0, False: 0}
    for pool in pools(examples(40)):
        values = columns(pool)
        for term, column in values.items():
            for truth in (True, False) if BIT.covers(term.range) else ():
                for fact in facts_of(term, truth):
                    assert (column_of(fact, values, pool.num_rows)[column == truth] >= 0).all(), (term, truth)
                    counts[truth] += 1
    assert all(counts.values())


@pytest.mark.soak
def test_bounds_follow_from_what_is_at_least_0() -> None:
    """``bounded`` on the rows where the form that is known is at least 0, whatever it is."""
    counts = [0, 0]
    for pool in pools(examples(30)):
        values = columns(pool)
        known = [pool.draw.choice(pool.found)[0].form for _ in range(8)]
        known += [fact for term, _ in pool.found if BIT.covers(term.range) for fact in facts_of(term, True)]
        for form in forms(pool, [fact for fact in known if fact[1]]):
            column = column_of(form, values, pool.num_rows)
            for fact in known:
                there = column_of(fact, values, pool.num_rows) >= 0
                least, greatest = bounded(form, fact)
                assert least is None or (column[there] >= least).all()
                assert greatest is None or (column[there] <= greatest).all()
                counts = [counts[0] + (least is not None), counts[1] + (greatest is not None)]
    assert all(counts)


@pytest.mark.soak
def test_ranges_of_forms_hold_where_a_fact_does() -> None:
    """Ranges of a form hold all its values; ``_range_under`` is None only where a fact holds on no row."""
    narrower = 0
    for pool in pools(examples(30)):
        t, values = pool.t, columns(pool)
        conditions = [term for term in values if BIT.covers(term.range) and not term.is_const]
        for form in forms(pool, [term.form for term in conditions[:6]]):
            column, plain = column_of(form, values, pool.num_rows), plain_interval(form)
            learnt = t._narrowed_by_learnt(plain, form)
            for range_ in (plain, t._range_of(form), learnt, t._interval(form)):
                assert range_.lo <= column.min() and column.max() <= range_.hi
            for condition in conditions[:12]:
                for truth in (True, False):
                    there = column[values[condition] == truth]
                    known = t._range_under(form, (condition, truth))
                    if known is None:
                        assert not len(there)
                    elif len(there):
                        assert known.lo <= there.min() and there.max() <= known.hi
                        narrower += known != plain
    assert narrower


@pytest.mark.soak
def test_a_term_where_a_condition_is_known_has_its_values() -> None:
    """``_assuming``: equal on the rows where the condition has the value, and maybe not on others."""
    changed = 0
    for pool in pools(examples(40)):
        t = pool.t
        conditions = [term for term, _ in pool.found if BIT.covers(term.range) and not term.is_const][-6:]
        terms = [term for term, _ in pool.found]
        terms += [t.ite(c, x, y) for c in conditions for x, y in zip(terms[::5], terms[2::5], strict=False)]
        for condition in conditions:
            for value in (0, 1):
                assumed = [t._assuming(term, condition, value) for term in terms]
                columns_ = pool.values([*terms, *assumed, condition])
                there = columns_[condition] == value
                for one, other in zip(terms, assumed, strict=True):
                    assert (columns_[one][there] == columns_[other][there]).all()
                    changed += one is not other
    assert changed


def test_a_complement_is_one_less_the_condition() -> None:
    for pool in pools(12):
        values = columns(pool)
        for term in cone(values):
            if is_complement(term):
                assert np.array_equal(values[term], 1 - values[term.args[0]])
