"""Bloom filter, HyperLogLog and their hashes against plain sets."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest

from streamssm.algorithms import BloomFilter, HyperLogLog
from streamssm.algorithms.hashing import mixed, odd_multipliers, spread, spread_bits

RNG = np.random.default_rng(32)


def test_spread_is_pairwise_independent() -> None:
    """Every pair of hash values of two items has the same number of multipliers and offsets."""
    item_bits, bits = 2, 2
    word_bits = spread_bits(item_bits, bits)
    assert word_bits == 3
    for x, y in itertools.combinations(range(1 << item_bits), 2):
        pairs = Counter(
            (spread(x, a, b, word_bits, bits), spread(y, a, b, word_bits, bits))
            for a in range(1 << word_bits)
            for b in range(1 << word_bits)
        )
        assert set(pairs.values()) == {4} and len(pairs) == 16


@pytest.mark.parametrize("bits", [1, 2, 5, 10])
def test_mixed_is_a_bijection(bits: int) -> None:
    multipliers = odd_multipliers(7, 2, bits)
    assert sorted(mixed(x, bits, multipliers) for x in range(1 << bits)) == list(range(1 << bits))


@pytest.mark.parametrize("bits", [16, 32, 40])
def test_mixed_turns_every_bit_about_half_of_the_time(bits: int) -> None:
    multipliers = odd_multipliers(1, 2, bits)
    items = RNG.integers(0, 1 << bits, size=400).tolist()
    for turned in range(bits):
        changes = [mixed(x, bits, multipliers) ^ mixed(x ^ 1 << turned, bits, multipliers) for x in items]
        for position in range(bits):
            share = sum(change >> position & 1 for change in changes) / len(items)
            assert 0.2 < share < 0.8, (turned, position, share)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bloom_filter_never_forgets_and_seldom_invents(seed: int) -> None:
    n, capacity, error = 1 << 20, 300, 0.05
    bloom = BloomFilter.from_error(n, capacity, error, seed)
    items = RNG.choice(n, size=2 * capacity + 2000, replace=False).tolist()
    seen, repeats = set[int](), 0
    for item in items[:capacity] + items[: capacity // 2]:
        bloom.update(item)
        assert bloom.output() or item not in seen
        repeats += bloom.output()
        seen.add(item)
    assert repeats <= capacity // 2 + 2 * error * capacity
    known = [bits for bits in bloom.bits]
    invented = 0
    for item in items[capacity:]:
        bloom.bits.replace(known)
        bloom.update(item)
        invented += bloom.output()
    assert invented <= 1.5 * error * len(items[capacity:])


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("consecutive", [False, True])
def test_hyper_log_log_is_within_three_standard_errors(seed: int, consecutive: bool) -> None:
    sketch = HyperLogLog(item_bits=32, index_bits=8, seed=seed)
    count = 20_000
    items = range(count) if consecutive else RNG.choice(1 << 32, size=count, replace=False).tolist()
    checked = 0
    for seen, item in enumerate(items, 1):
        sketch.update(item)
        sketch.update(item)
        if seen in (1, 2, 10, 100, 640, 1000, 5000, count):
            checked += 1
            assert abs(sketch.output() - seen) <= max(3 * 1.04 / 16 * seen, 1), (seen, sketch.output())
    assert checked == 8


def test_hyper_log_log_keeps_its_sums() -> None:
    sketch = HyperLogLog(item_bits=12, index_bits=3)
    for item in RNG.integers(0, 1 << 12, size=500).tolist():
        sketch.update(item)
        assert sketch.total == sum(1 << sketch.top - rank for rank in sketch.ranks)
        assert sketch.zeros == list(sketch.ranks).count(0)


@pytest.mark.parametrize(("size", "hashes"), [(1, 1), (16, 3), (1024, 7)])
def test_bloom_filter_memory(size: int, hashes: int) -> None:
    assert BloomFilter(1000, size, hashes).program().memory_bits == size + 1


@pytest.mark.parametrize(("item_bits", "index_bits"), [(2, 1), (8, 3), (32, 10)])
def test_hyper_log_log_memory(item_bits: int, index_bits: int) -> None:
    top = item_bits - index_bits + 1
    expected = (top.bit_length() << index_bits) + (index_bits + top) + (index_bits + 1)
    assert HyperLogLog(item_bits, index_bits).program().memory_bits == expected


def test_sizes_follow_from_the_guarantee() -> None:
    assert HyperLogLog.from_error(32, 0.0325).index_bits == 10  # 1.04 / 32
    assert HyperLogLog.from_error(32, 0.0324).index_bits == 11
    bloom = BloomFilter.from_error(1000, capacity=100, error=0.01)
    assert (bloom.size, bloom.hashes) == (1024, 7)  # 958.5 bits
