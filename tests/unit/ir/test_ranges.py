"""Interval arithmetic: every result lies in the range, and the ends of the exact ones are reached."""

from __future__ import annotations

import itertools

import pytest

from streamssm.errors import ParameterError
from streamssm.ir import semantics
from streamssm.ir.graph import Op
from streamssm.ir.ranges import Range, square

SMALL = [Range(lo, hi) for lo in range(-4, 5) for hi in range(lo, 5)]
EXACT = {Op.ADD, Op.SUB, Op.MUL, Op.MIN, Op.MAX, Op.FLOORDIV}


@pytest.mark.parametrize("op", sorted(semantics.BINARY))
def test_ranges_hold_every_value(op):
    for a, b in itertools.product(SMALL, SMALL):
        if (op in (Op.SHL, Op.SHR) and b.lo < 0) or (op in (Op.FLOORDIV, Op.MOD) and b.holds(0)):
            continue
        found = semantics.range_of(op, (a, b), None)
        values = {
            semantics.apply(op, (x, y), None) for x in range(a.lo, a.hi + 1) for y in range(b.lo, b.hi + 1)
        }
        assert found.lo <= min(values) and max(values) <= found.hi
        if op in EXACT:
            assert (found.lo, found.hi) == (min(values), max(values))


@pytest.mark.parametrize(("size", "bits"), [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (1024, 10), (1025, 11)])
def test_bits_is_the_logarithm_rounded_up(size, bits):
    assert Range(-7, -8 + size).bits == bits


def test_an_empty_range_is_refused():
    with pytest.raises(ParameterError, match=r"lo <= hi, not \[3, 2\]"):
        Range(3, 2)


@pytest.mark.parametrize("values", SMALL)
def test_a_square_reaches_its_ends(values):
    squares = [x * x for x in range(values.lo, values.hi + 1)]
    assert square(values) == Range(min(squares), max(squares))
