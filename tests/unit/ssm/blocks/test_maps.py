"""Block maps: every law of composition, on every state of small words; sizes in bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamssm.ir.ranges import Range
from streamssm.ssm.blocks.affine import AffineMap, MatrixMap
from streamssm.ssm.blocks.clamp import ClampMap
from streamssm.ssm.blocks.maps import WordMaps, composed
from streamssm.ssm.blocks.shift import ShiftMap
from streamssm.ssm.blocks.table import TableMap
from streamssm.ssm.formats import NumberFormat, Overflow, Rounding

SMALL = [Range(0, 0), Range(0, 1), Range(-1, 1), Range(-2, 1), Range(0, 4), Range(2, 5)]
WORDS = pytest.mark.parametrize("range_", SMALL, ids=str)
ROUNDINGS = pytest.mark.parametrize("rounding", list(Rounding))
INCREMENTS = range(-6, 7)
POWERS = (0, 1, 2, 4, -1, -2, -4)


def table_of(block_map: Any, range_: Range) -> tuple[int, ...]:
    return tuple(block_map.apply(h) for h in range(range_.lo, range_.hi + 1))


def distinct(maps: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(maps))


def require_closed(singles: list[Any], range_: Range, valid: Callable[[Any], bool]) -> None:
    """Require the law on all pairs of steps, and on some pairs of their compositions."""
    pairs: dict[Any, None] = {}
    for first, second in product(singles, singles):
        both = first.then(second)
        assert table_of(both, range_) == tuple(map(second.apply, table_of(first, range_)))
        assert valid(both)
        pairs[both] = None
    some = Random(0).sample(list(pairs), min(len(pairs), 120))
    for first, second in product(some, some):
        both = first.then(second)
        assert table_of(both, range_) == tuple(map(second.apply, table_of(first, range_)))
        assert valid(both)


def is_valid_clamp(block_map: ClampMap) -> bool:
    inside = block_map.range.holds(block_map.at) and block_map.low <= block_map.value <= block_map.high
    return (
        inside
        and block_map.range.covers(Range(block_map.low, block_map.high))
        and (abs(block_map.slope) <= block_map.high - block_map.low)
    )


def is_valid_shift(block_map: ShiftMap) -> bool:
    range_, width = block_map.range, block_map.range.size - 1
    return (
        0 <= block_map.remainder < 1 << block_map.shift <= 1 << range_.bits
        and range_.lo - width <= block_map.base <= range_.hi
        and range_.covers(Range(block_map.low, block_map.high))
    )


@WORDS
def test_clamped_lines(range_: Range) -> None:
    form = NumberFormat(range_, overflow=Overflow.SATURATE)
    singles = []
    for a, b in product(range(-3, 4), INCREMENTS):
        single = ClampMap.step(range_, a, b)
        assert table_of(single, range_) == TableMap.step(form, a, 0, b).table
        singles.append(single)
    require_closed(distinct(singles), range_, is_valid_clamp)


@ROUNDINGS
@WORDS
def test_clamped_shifts(range_: Range, rounding: Rounding) -> None:
    form = NumberFormat(range_, rounding=rounding, overflow=Overflow.SATURATE)
    singles = []
    for entry, b in product(POWERS, INCREMENTS):
        single = ShiftMap.step(range_, entry, 2, rounding, b)
        assert table_of(single, range_) == TableMap.step(form, entry, 2, b).table
        singles.append(single)
    require_closed(distinct(singles), range_, is_valid_shift)


@pytest.mark.parametrize("modulus", [1, 2, 3, 4, 7, 8])
@pytest.mark.parametrize("lo", [0, -3])
def test_affine(modulus: int, lo: int) -> None:
    range_ = Range(lo, lo + modulus - 1)
    singles = [AffineMap.step(modulus, lo, a, b) for a, b in product(range(-3, 4), INCREMENTS)]
    for single, (a, b) in zip(singles, product(range(-3, 4), INCREMENTS), strict=True):
        assert all((single.apply(h) - a * h - b) % modulus == 0 for h in range(lo, lo + modulus))
    require_closed(
        distinct(singles), range_, lambda block_map: range_.covers(Range(*_ends(block_map, range_)))
    )


def _ends(block_map: AffineMap, range_: Range) -> tuple[int, int]:
    table = table_of(block_map, range_)
    return min(table), max(table)


@pytest.mark.parametrize("overflow", [Overflow.WRAP, Overflow.SATURATE])
@ROUNDINGS
def test_tables(overflow: Overflow, rounding: Rounding) -> None:
    form = NumberFormat(Range(-2, 5), rounding=rounding, overflow=overflow)
    singles = [TableMap.step(form, a, 2, b) for a, b in product((-3, 0, 3, 5), (-2, 0, 3))]
    require_closed(singles, form.range, lambda block_map: all(map(form.range.holds, block_map.table)))
    assert singles[0].bits == 24
    assert TableMap.identity(form.range).then(singles[0]) == singles[0]


@given(seed=st.integers(0, 1 << 32))
def test_matrices(seed: int) -> None:
    r = Random(seed)
    dim, bits = r.randint(0, 3), r.randint(0, 4)
    lows = [r.randint(-4, 2) for _ in range(dim)]
    steps = [
        MatrixMap.step(
            bits, lows, [[r.randint(-9, 9) for _ in lows] for _ in lows], [r.randint(-9, 9) for _ in lows]
        )
        for _ in range(3)
    ]
    state = tuple(r.randint(lo, lo + (1 << bits) - 1) for lo in lows)
    expected = steps[2].apply(steps[1].apply(steps[0].apply(state)))
    assert steps[0].then(steps[1]).then(steps[2]).apply(state) == expected
    assert steps[0].then(steps[1].then(steps[2])).apply(state) == expected
    assert MatrixMap.identity(bits, lows).then(steps[0]) == steps[0]
    assert steps[0].bits == (dim * dim + dim) * bits


@given(seed=st.integers(0, 1 << 32))
def test_long_blocks_of_wide_words(seed: int) -> None:
    """Words up to 60 bits, blocks of many steps: the map of a block equals its steps."""
    r = Random(seed)
    bits, rounding = r.randint(1, 59), r.choice(list(Rounding))
    lo = -r.randint(0, 1 << bits)
    range_, fraction_bits = Range(lo, lo + r.randint(0, (1 << bits) - 1)), r.randint(0, 60)
    form = NumberFormat(range_, rounding=rounding, overflow=Overflow.SATURATE)
    line, shift = ClampMap.identity(range_), ShiftMap.identity(range_)
    states = [r.randint(range_.lo, range_.hi) for _ in range(5)] + [range_.lo, range_.hi]
    on_line, on_shift = states, states
    for _ in range(30):
        a, b = r.choice([1, 1, 1, 2, -1, 3, -2]), r.randint(-range_.size, range_.size) // r.choice([1, 9, 99])
        entry = r.choice([1, 1, -1]) << r.choice(
            [fraction_bits, fraction_bits, max(fraction_bits - 1, 0), r.randint(0, fraction_bits)]
        )
        line, shift = line.stepped(a, b), shift.stepped(entry, fraction_bits, rounding, b)
        on_line = [form.apply_overflow(a * h + b) for h in on_line]
        on_shift = [form.apply_overflow(form.rounded(entry * h, fraction_bits) + b) for h in on_shift]
        assert [line.apply(h) for h in states] == on_line
        assert [shift.apply(h) for h in states] == on_shift
        assert is_valid_clamp(line) and is_valid_shift(shift)


def test_accumulating_and_clamping_once_is_wrong() -> None:
    """Up by 9 and down by 9 from 5 in [0, 9] is 0, not 5."""
    range_ = Range(0, 9)
    both = ClampMap.step(range_, 1, 9).then(ClampMap.step(range_, 1, -9))
    assert [both.apply(h) for h in (0, 5, 9)] == [0, 0, 0]


def test_sizes_in_bits() -> None:
    """Two numbers a word under wrap; about three where it saturates; a table's size where nothing closes."""
    range_ = Range(0, 255)
    assert AffineMap.step(256, 0, 3, 7).bits == 16
    assert AffineMap.step(6, 0, 1, 5).bits == 6
    assert ClampMap.step(range_, 1, 7).bits == 2 + 25
    assert ClampMap.step(range_, 3, 7).bits == 2 + 40
    assert ShiftMap.step(range_, 1, 2, Rounding.FLOOR, 0).bits == 1 + 4 + 2 + 9 + 16
    assert TableMap.identity(range_).bits == 2048
    assert WordMaps((AffineMap.step(256, 0, 3, 7), ClampMap.step(range_, 1, 7))).bits == 43


def test_words_compose_with_their_own_form_only() -> None:
    maps = WordMaps((AffineMap.step(8, 0, 1, 3), ClampMap.step(Range(0, 7), -1, 2)))
    assert maps.then(maps).apply((7, 1)) == maps.apply(maps.apply((7, 1)))
    with pytest.raises(TypeError, match="must be of one form, not AffineMap and ClampMap"):
        composed(*maps.words)
