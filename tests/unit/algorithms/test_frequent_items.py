"""Majority, Misra-Gries, SpaceSaving and Count-Min against plain counting."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from streamssm.algorithms import BoyerMooreMajority, CountMin, MisraGries, SpaceSaving

RNG = np.random.default_rng(31)


def skewed(n: int, length: int) -> list[int]:
    """Return a stream where small items are frequent, with another distribution in its second half."""
    items = RNG.zipf(1.3, size=length) % n
    items[length // 2 :] = (items[length // 2 :] * 7 + 3) % n
    return [int(item) for item in items]


@pytest.mark.parametrize("limit", [0, 1, 2, 3])
def test_a_majority_is_found_in_every_stream_up_to_twice_the_limit_and_1(limit: int) -> None:
    for stream in itertools.product(range(3), repeat=2 * limit + 1):
        vote = BoyerMooreMajority(3, limit)
        for count, item in enumerate(stream, 1):
            vote.update(item)
            winner, times = Counter(stream[:count]).most_common(1)[0]
            assert 2 * times <= count or vote.output() == winner, stream[:count]


def test_a_majority_is_lost_right_after_that() -> None:
    """On 2 * limit + 2 tokens, limit + 2 of one item, the count can saturate one too early."""
    vote = BoyerMooreMajority(2, 1)
    for item in (1, 1, 1, 0, 0):
        vote.update(item)
    assert vote.output() == 0


@pytest.mark.parametrize("counters", [1, 2, 5, 16])
def test_misra_gries_is_too_low_by_at_most_its_share(counters: int) -> None:
    for n in (3, 40):
        sketch, true = MisraGries(n, counters, limit=400), Counter[int]()
        for count, item in enumerate(skewed(n, 400), 1):
            sketch.update(item)
            true[item] += 1
            for each in range(n):
                assert true[each] - Fraction(count, counters + 1) <= sketch.estimate(each) <= true[each]
            largest, estimate = sketch.output()
            assert estimate == max(map(sketch.estimate, range(n)))
            assert estimate in (0, sketch.estimate(largest))


def test_misra_gries_stays_below_the_truth_where_counters_stop() -> None:
    sketch, true = MisraGries(4, 2, limit=3), Counter[int]()
    for item in skewed(4, 300):
        sketch.update(item)
        true[item] += 1
        assert all(sketch.estimate(each) <= min(true[each], 3) for each in range(4))


@pytest.mark.parametrize("counters", [1, 2, 5, 16])
def test_space_saving_is_too_high_by_at_most_its_share(counters: int) -> None:
    for n in (3, 40):
        sketch, true = SpaceSaving(n, counters, limit=400), Counter[int]()
        for count, item in enumerate(skewed(n, 400), 1):
            sketch.update(item)
            true[item] += 1
            held = {i: c for i, c in zip(sketch.items, sketch.counts, strict=True) if c}
            assert sum(held.values()) == sum(sketch.counts) == count
            for each in range(n):
                if each in held:
                    assert true[each] <= held[each] <= true[each] + Fraction(count, counters)
                else:
                    assert true[each] <= Fraction(count, counters)
            assert sketch.output()[1] == held[sketch.output()[0]] == max(held.values())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_count_min_is_never_too_low_and_seldom_too_high(seed: int) -> None:
    n, length, error, failure = 500, 2000, 0.05, 0.1
    sketch = CountMin.from_error(n, error, failure, limit=length, watched=(3, 11), seed=seed)
    stream = skewed(n, length)
    for item in stream:
        sketch.update(item)
    true = Counter(stream)
    excess = [sketch.estimate(item) - true[item] for item in range(n)]
    assert min(excess) >= 0
    assert sum(e > error * length for e in excess) <= failure * n
    assert sketch.output() == (true[3] + excess[3], true[11] + excess[11])
    for row in range(sketch.depth):
        assert sum(sketch.counts[row * sketch.width + i] for i in range(sketch.width)) == length


def test_count_min_stops_at_its_limit() -> None:
    sketch = CountMin(n=4, width=1, depth=1, limit=3)
    for _ in range(9):
        sketch.update(0)
    assert sketch.output() == (3,)


@pytest.mark.parametrize("width", [1, 2, 8])
def test_count_min_of_a_single_item(width: int) -> None:
    sketch = CountMin(n=1, width=width, depth=2, limit=7)
    for _ in range(5):
        sketch.update(0)
    assert sketch.output() == (5,)


@pytest.mark.parametrize(("n", "length"), [(1, 1), (2, 7), (1000, 10**6)])
def test_majority_memory(n: int, length: int) -> None:
    expected = (n - 1).bit_length() + (length // 2).bit_length()
    assert BoyerMooreMajority.from_length(n, length).program().memory_bits == expected


@pytest.mark.parametrize(("n", "counters", "limit"), [(1, 1, 1), (5, 3, 8), (1 << 16, 12, 65_535)])
def test_frequent_items_memory(n: int, counters: int, limit: int) -> None:
    expected = counters * ((n - 1).bit_length() + limit.bit_length())
    assert MisraGries(n, counters, limit).program().memory_bits == expected
    assert SpaceSaving(n, counters, limit).program().memory_bits == expected


@pytest.mark.parametrize(("width", "depth", "limit"), [(1, 1, 1), (8, 3, 4), (1024, 4, 255)])
def test_count_min_memory(width: int, depth: int, limit: int) -> None:
    program = CountMin(1 << 16, width, depth, limit).program()
    assert program.memory_bits == width * depth * limit.bit_length()


def test_sizes_follow_from_the_guarantee() -> None:
    assert MisraGries.from_error(10, 0.01, 5).counters == 99  # t / 100
    assert MisraGries.from_error(10, 0.3, 5).counters == 3  # t / 4
    assert SpaceSaving.from_error(10, 0.01, 5).counters == 100
    sketch = CountMin.from_error(10, 0.01, 0.01, limit=9)
    assert (sketch.width, sketch.depth) == (512, 5)  # e / 0.01 = 271.8..., ln 100 = 4.6...
