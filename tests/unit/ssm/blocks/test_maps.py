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
WORDS = pytest.mark.parametrize("values", SMALL, ids=str)
ROUNDINGS = pytest.mark.parametrize("rounding", list(Rounding))
INCREMENTS = range(-6, 7)
POWERS = (0, 1, 2, 4, -1, -2, -4)


def table_of(found: Any, values: Range) -> tuple[int, ...]:
    return tuple(found.apply(h) for h in range(values.lo, values.hi + 1))


def distinct(maps: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(maps))


def require_closed(singles: list[Any], values: Range, valid: Callable[[Any], bool]) -> None:
    """Require the law on all pairs of steps, and on some pairs of what they make."""
    pairs: dict[Any, None] = {}
    for first, second in product(singles, singles):
        both = first.then(second)
        assert table_of(both, values) == tuple(map(second.apply, table_of(first, values)))
        assert valid(both)
        pairs[both] = None
    some = Random(0).sample(list(pairs), min(len(pairs), 120))
    for first, second in product(some, some):
        both = first.then(second)
        assert table_of(both, values) == tuple(map(second.apply, table_of(first, values)))
        assert valid(both)


def is_valid_clamp(found: ClampMap) -> bool:
    inside = found.values.holds(found.at) and found.low <= found.value <= found.high
    return (
        inside
        and found.values.covers(Range(found.low, found.high))
        and (abs(found.slope) <= found.high - found.low)
    )


def is_valid_shift(found: ShiftMap) -> bool:
    values, width = found.values, found.values.size - 1
    return (
        0 <= found.rest < 1 << found.places <= 1 << values.bits
        and values.lo - width <= found.base <= values.hi
        and values.covers(Range(found.low, found.high))
    )


@WORDS
def test_clamped_lines(values: Range) -> None:
    form = NumberFormat(values, overflow=Overflow.SATURATE)
    singles = []
    for a, b in product(range(-3, 4), INCREMENTS):
        single = ClampMap.step(values, a, b)
        assert table_of(single, values) == TableMap.step(form, a, 0, b).table
        singles.append(single)
    require_closed(distinct(singles), values, is_valid_clamp)


@ROUNDINGS
@WORDS
def test_clamped_shifts(values: Range, rounding: Rounding) -> None:
    form = NumberFormat(values, rounding=rounding, overflow=Overflow.SATURATE)
    singles = []
    for entry, b in product(POWERS, INCREMENTS):
        single = ShiftMap.step(values, entry, 2, rounding, b)
        assert table_of(single, values) == TableMap.step(form, entry, 2, b).table
        singles.append(single)
    require_closed(distinct(singles), values, is_valid_shift)


@pytest.mark.parametrize("modulus", [1, 2, 3, 4, 7, 8])
@pytest.mark.parametrize("lo", [0, -3])
def test_affine(modulus: int, lo: int) -> None:
    values = Range(lo, lo + modulus - 1)
    singles = [AffineMap.step(modulus, lo, a, b) for a, b in product(range(-3, 4), INCREMENTS)]
    for single, (a, b) in zip(singles, product(range(-3, 4), INCREMENTS), strict=True):
        assert all((single.apply(h) - a * h - b) % modulus == 0 for h in range(lo, lo + modulus))
    require_closed(distinct(singles), values, lambda found: values.covers(Range(*_ends(found, values))))


def _ends(found: AffineMap, values: Range) -> tuple[int, int]:
    table = table_of(found, values)
    return min(table), max(table)


@pytest.mark.parametrize("overflow", [Overflow.WRAP, Overflow.SATURATE])
@ROUNDINGS
def test_tables(overflow: Overflow, rounding: Rounding) -> None:
    form = NumberFormat(Range(-2, 5), rounding=rounding, overflow=overflow)
    singles = [TableMap.step(form, a, 2, b) for a, b in product((-3, 0, 3, 5), (-2, 0, 3))]
    require_closed(singles, form.range, lambda found: all(map(form.range.holds, found.table)))
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
    wanted = steps[2].apply(steps[1].apply(steps[0].apply(state)))
    assert steps[0].then(steps[1]).then(steps[2]).apply(state) == wanted
    assert steps[0].then(steps[1].then(steps[2])).apply(state) == wanted
    assert MatrixMap.identity(bits, lows).then(steps[0]) == steps[0]
    assert steps[0].bits == (dim * dim + dim) * bits


@given(seed=st.integers(0, 1 << 32))
def test_long_blocks_of_wide_words(seed: int) -> None:
    """Words up to 60 bits, blocks of many steps: the map of the block is what the steps do."""
    r = Random(seed)
    bits, rounding = r.randint(1, 59), r.choice(list(Rounding))
    lo = -r.randint(0, 1 << bits)
    values, places = Range(lo, lo + r.randint(0, (1 << bits) - 1)), r.randint(0, 60)
    form = NumberFormat(values, rounding=rounding, overflow=Overflow.SATURATE)
    line, shift = ClampMap.identity(values), ShiftMap.identity(values)
    states = [r.randint(values.lo, values.hi) for _ in range(5)] + [values.lo, values.hi]
    on_line, on_shift = states, states
    for _ in range(30):
        a, b = r.choice([1, 1, 1, 2, -1, 3, -2]), r.randint(-values.size, values.size) // r.choice([1, 9, 99])
        entry = r.choice([1, 1, -1]) << r.choice([places, places, max(places - 1, 0), r.randint(0, places)])
        line, shift = line.stepped(a, b), shift.stepped(entry, places, rounding, b)
        on_line = [form.settle(a * h + b) for h in on_line]
        on_shift = [form.settle(form.rounded(entry * h, places) + b) for h in on_shift]
        assert [line.apply(h) for h in states] == on_line
        assert [shift.apply(h) for h in states] == on_shift
        assert is_valid_clamp(line) and is_valid_shift(shift)


def test_accumulating_and_clamping_once_is_wrong() -> None:
    """Up by 9 and down by 9 from 5 in [0, 9] is 0, not 5."""
    values = Range(0, 9)
    both = ClampMap.step(values, 1, 9).then(ClampMap.step(values, 1, -9))
    assert [both.apply(h) for h in (0, 5, 9)] == [0, 0, 0]


def test_sizes_in_bits() -> None:
    """Two numbers a word under wrap; about three where it saturates; a table's size where nothing closes."""
    values = Range(0, 255)
    assert AffineMap.step(256, 0, 3, 7).bits == 16
    assert AffineMap.step(6, 0, 1, 5).bits == 6
    assert ClampMap.step(values, 1, 7).bits == 2 + 25
    assert ClampMap.step(values, 3, 7).bits == 2 + 40
    assert ShiftMap.step(values, 1, 2, Rounding.FLOOR, 0).bits == 1 + 4 + 2 + 9 + 16
    assert TableMap.identity(values).bits == 2048
    assert WordMaps((AffineMap.step(256, 0, 3, 7), ClampMap.step(values, 1, 7))).bits == 43


def test_words_compose_with_their_own_form_only() -> None:
    maps = WordMaps((AffineMap.step(8, 0, 1, 3), ClampMap.step(Range(0, 7), -1, 2)))
    assert maps.then(maps).apply((7, 1)) == maps.apply(maps.apply((7, 1)))
    with pytest.raises(TypeError, match="must be of one form, not AffineMap and ClampMap"):
        composed(*maps.words)
