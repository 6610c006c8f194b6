"""DGIM, reservoir sampling, moving averages, moments, extremes and runs against plain computations."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from streamssm.algorithms import (
    DGIM,
    ExponentialMovingAverage,
    LongestRun,
    MinimumMaximum,
    ModularCounter,
    Moments,
    ReservoirSampling,
    SlidingSum,
    TopK,
    UpDownCounter,
)
from streamssm.algorithms.reservoir_sampling import SHIFTS

RNG = np.random.default_rng(33)


def require_window_count(sketch: DGIM, bits: list[int]) -> None:
    for end, bit in enumerate(bits, 1):
        sketch.update(bit)
        true = sum(bits[max(0, end - sketch.window) : end])
        assert abs(sketch.output() - true) <= Fraction(true, sketch.buckets), (bits[:end], true)


@pytest.mark.parametrize(("window", "buckets"), [(1, 2), (2, 2), (3, 2), (4, 2), (5, 3), (6, 2), (7, 4)])
def test_dgim_is_within_its_error_on_every_short_stream(window: int, buckets: int) -> None:
    for bits in itertools.product((0, 1), repeat=11):
        require_window_count(DGIM(window, buckets), list(bits))


@pytest.mark.parametrize(("window", "buckets"), [(100, 2), (64, 3), (1000, 5)])
def test_dgim_is_within_its_error_on_long_streams(window: int, buckets: int) -> None:
    dense, sparse, full = RNG.integers(0, 2, 1500), RNG.integers(0, 40, 1500) == 0, np.ones(1500, int)
    require_window_count(DGIM(window, buckets), np.concatenate([full, dense, sparse, full]).tolist())


def test_reservoir_holds_each_item_equally_often() -> None:
    size, length, seeds = 3, 12, 4000
    held = [0] * length
    for seed in range(seeds):
        sampling = ReservoirSampling(length, size, length=100, seed=seed)
        for item in range(length):
            sampling.update(item)
        sample = sampling.output()
        assert len(set(sample)) == size
        for item in sample:
            held[item] += 1
    expected = seeds * size / length
    assert all(abs(count - expected) < 4 * expected**0.5 for count in held), held


@pytest.mark.parametrize("bits", [4, 8, 16])
def test_reservoir_generators_have_full_period(bits: int) -> None:
    left, right, again = SHIFTS[bits]
    mask, x, steps = (1 << bits) - 1, 1, 0
    while steps == 0 or x != 1:
        x ^= x << left & mask
        x ^= x >> right
        x ^= x << again & mask
        steps += 1
    assert steps == mask


def test_moving_average_stays_within_its_rounding() -> None:
    for n, shift, error in ((256, 3, 0.5), (1000, 6, 0.01), (2, 0, 1)):
        average, exact = ExponentialMovingAverage.from_error(n, shift, error), Fraction(0)
        for x in RNG.integers(0, n, size=300).tolist():
            average.update(x)
            exact += (x - exact) / (1 << shift)
            below = exact - Fraction(average.output(), 1 << average.fraction_bits)
            assert 0 <= below < Fraction(str(error))
            exact = exact.limit_denominator(10**30) if exact.denominator > 10**40 else exact


def test_moments_are_exact_up_to_their_length() -> None:
    moments, values = Moments(-9, 7, length=200), RNG.integers(-9, 8, size=230).tolist()
    for count, x in enumerate(values, 1):
        moments.update(x)
        first = values[: min(count, 200)]
        assert moments.output() == (len(first), sum(first), sum(x * x for x in first))
    for extreme in (-9, 7):
        moments = Moments(-9, 7, length=50)
        for _ in range(60):
            moments.update(extreme)
        assert moments.output() == (50, 50 * extreme, 50 * extreme**2)


def test_extremes_top_values_and_runs() -> None:
    values = RNG.integers(0, 6, size=300).tolist()
    extremes, top, longest = MinimumMaximum(-1, 9), TopK(6, 4), LongestRun(6, 50)
    for count, x in enumerate(values, 1):
        for algorithm in (extremes, top, longest):
            algorithm.update(x)
        seen = values[:count]
        assert extremes.output() == (min(seen), max(seen))
        assert top.output() == tuple((sorted(seen, reverse=True) + [0] * 4)[:4])
        assert longest.output() == max(len(list(run)) for _, run in itertools.groupby(seen))
    for _ in range(60):
        longest.update(2)
    assert longest.output() == 50


def test_sliding_sums() -> None:
    values = RNG.integers(0, 9, size=200).tolist()
    for window in (1, 2, 7):
        total = SlidingSum(9, window)
        for count, x in enumerate(values, 1):
            total.update(x)
            assert total.output() == sum(values[max(count - window, 0) : count])


def test_counters() -> None:
    modular, walk, events, position = ModularCounter(5), UpDownCounter(-2, 3), 0, 0
    for step in RNG.integers(-1, 2, size=300).tolist():
        modular.update(abs(step))
        walk.update(step)
        events += abs(step)
        position = position + step if -2 <= position + step <= 3 else position
        assert (modular.output(), walk.output()) == (events % 5, position)


@pytest.mark.parametrize(("window", "buckets"), [(1, 2), (16, 2), (1000, 4)])
def test_dgim_memory(window: int, buckets: int) -> None:
    levels = sum(1 for level in range(20) if (2**level - 1) * (buckets - 1) <= window - 1)
    time = (window - 1).bit_length()
    expected = levels * (buckets * time + buckets.bit_length()) + time
    assert DGIM(window, buckets).program().memory_bits == expected


@pytest.mark.parametrize(("n", "k"), [(1, 1), (5, 1), (100, 7), (256, 32)])
def test_sample_and_top_memory(n: int, k: int) -> None:
    assert TopK(n, k).program().memory_bits == k * (n - 1).bit_length()
    sampling = ReservoirSampling(n, k, length=1000)
    assert sampling.program().memory_bits == k * (n - 1).bit_length() + 32 + 10


@pytest.mark.parametrize(("n", "window"), [(1, 1), (1, 9), (256, 1), (3, 16), (1000, 7)])
def test_sliding_sum_memory(n: int, window: int) -> None:
    ring, oldest, total = (n - 1).bit_length(), (window - 1).bit_length(), (window * (n - 1)).bit_length()
    assert SlidingSum(n, window).program().memory_bits == window * ring + oldest + total


@pytest.mark.parametrize(("n", "shift", "bits"), [(1, 0, 0), (256, 3, 4), (1000, 10, 20)])
def test_moving_average_memory(n: int, shift: int, bits: int) -> None:
    program = ExponentialMovingAverage(n, shift, bits).program()
    assert program.memory_bits == ((n - 1) * 2**bits).bit_length()


@pytest.mark.parametrize(("lo", "hi", "length"), [(0, 0, 1), (0, 1, 7), (-8, 7, 1000), (-1000, 1000, 10**6)])
def test_number_memory(lo: int, hi: int, length: int) -> None:
    most = length * max(lo * lo, hi * hi)
    expected = length.bit_length() + (length * (hi - lo)).bit_length() + most.bit_length()
    assert Moments(lo, hi, length).program().memory_bits == expected
    assert MinimumMaximum(lo, hi).program().memory_bits == 2 * (hi - lo).bit_length()
    assert UpDownCounter(lo, hi).program().memory_bits == (hi - lo).bit_length()
    assert ModularCounter(length).program().memory_bits == (length - 1).bit_length()
    expected = (length - 1).bit_length() + 2 * length.bit_length()
    assert LongestRun(length, length).program().memory_bits == expected
