"""Terms that case splitting shows to be 0 are 0 on every row; a single differing row is enough to refute."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from streamssm.equivalences.smt.linear_regions import vanishes
from streamssm.equivalences.smt.term import Term
from streamssm.ir.ranges import BIT
from tests.random_terms import Column, Pool
from tests.soak import examples
from tests.term_rules import RULES

REGIONS = 24


def pools(number: int) -> Iterator[Pool]:
    """Yield pools whose rows are all values of the variables: nothing is assumed of them."""
    for seed in range(number):
        pool = Pool(6_000_001 + 2 * (seed + seed // 2))  # odd, and no multiple of 3
        if (6_000_001 + 2 * (seed + seed // 2)) % 3:
            pool.grow(RULES, 24)
            yield pool


def gaps(pool: Pool) -> list[tuple[Term, Column]]:
    """Return differences of terms that have one column, written in another way, and of others."""
    by_column: dict[bytes, Term] = {}
    result = []
    for term, column in pool.found:
        other = by_column.setdefault(column.tobytes(), term)
        if other is not term:
            result.append((pool.t.sub(term, other), column - column))
    for (x, v), (y, w) in zip(pool.found[4:], pool.found[5:], strict=False):
        result.append((pool.t.sub(x, y), v - w))
        result.append((pool.t.sub(pool.t.max(x, y), pool.t.max(y, x)), v - v))
        both = pool.t.add(pool.t.min(x, y), pool.t.max(x, y))
        result.append((pool.t.sub(both, pool.t.add(x, y)), v - v))
    return result


def hit(pool: Pool, row: int) -> tuple[Term, Column]:
    """Return the condition that the variables have the values of one row."""
    t, inputs = pool.t, pool.found[: len(pool.inputs)]
    conditions = [t.eq0(t.shifted(x, -int(v[row]))) for x, v in inputs]
    condition = t.and_(conditions)
    return condition, pool.values([condition])[condition]


@pytest.mark.soak
def test_what_vanishes_is_0_everywhere() -> None:
    shown = 0
    for pool in pools(examples(20)):
        for gap, column in gaps(pool):
            if vanishes(gap, REGIONS):
                assert not column.any()
                shown += not gap.is_const
    assert shown


@pytest.mark.soak
def test_a_difference_on_one_row_does_not_vanish() -> None:
    for pool in pools(examples(16)):
        for gap, column in gaps(pool)[:24]:
            rare, where = hit(pool, pool.draw.randrange(pool.num_rows))
            weight = pool.draw.choice((1, -1, 5))
            off = pool.t.sum(0, [(gap, 1), (rare, weight)])
            assert not vanishes(off, REGIONS) or not (column + weight * where).any()
            unlike = pool.t.not_(pool.t.eq0(off))
            assert not vanishes(unlike, REGIONS) or not (column + weight * where).any()


@pytest.mark.soak
def test_conditions_that_vanish_never_hold() -> None:
    shown = 0
    for pool in pools(examples(16)):
        bits = [(x, v) for x, v in pool.found if BIT.covers(x.range) and not x.is_const][-8:]
        for x, v in bits:
            for y, w in bits:
                for other, column in ((y, w), (pool.t.not_(y), 1 - w)):
                    both = pool.t.and_([x, other])
                    if not both.is_const and vanishes(both, REGIONS):
                        assert not (v * column).any()
                        shown += 1
    assert shown
