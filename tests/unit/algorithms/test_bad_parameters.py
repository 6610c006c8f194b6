"""Invalid sizes: one clear message each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from streamssm.algorithms import (
    DGIM,
    BloomFilter,
    BoyerMooreMajority,
    CountMin,
    EqualBlocks,
    ExponentialMovingAverage,
    HyperLogLog,
    LongestRun,
    MinimumMaximum,
    MisraGries,
    ModularCounter,
    Moments,
    PrefixExpressions,
    ReservoirSampling,
    ShuffledBrackets,
    SlidingSum,
    SpaceSaving,
    TopK,
    UpDownCounter,
)
from streamssm.errors import ParameterError

WRONG: dict[str, Callable[[], Any]] = {
    "n must be at least 1, not 0": lambda: BoyerMooreMajority(0, 1),
    "limit must be at least 0, not -1": lambda: BoyerMooreMajority(2, -1),
    "length must be at least 1, not 0": lambda: BoyerMooreMajority.from_length(2, 0),
    "counters must be at least 1, not 0": lambda: MisraGries(2, 0, 1),
    "counters must be an int, not 1.5": lambda: SpaceSaving(2, 1.5, 1),
    "limit must be at least 1, not 0": lambda: SpaceSaving(2, 1, 0),
    "error must be strictly between 0 and 1, not 0": lambda: SpaceSaving.from_error(2, 0, 1),
    "error must be strictly between 0 and 1, not 2.0": lambda: MisraGries.from_error(2, 2.0, 1),
    "error must be a number between 0 and 1, not nan": lambda: MisraGries.from_error(2, float("nan"), 1),
    "width must be a power of two, not 6": lambda: CountMin(2, 6, 1, 1),
    "width must be at least 1, not 0": lambda: CountMin(2, 0, 1, 1),
    "depth must be at least 1, not 0": lambda: CountMin(2, 2, 0, 1),
    "a watched item must be from 0 to 1, not 2": lambda: CountMin(2, 2, 1, 1, watched=(0, 2)),
    "the number of watched items must be at least 1, not 0": lambda: CountMin(2, 2, 1, 1, watched=()),
    "the width of item * multiplier in bits must be from 1 to 61, not 69": lambda: CountMin(
        1 << 30, 1024, 1, 1
    ),
    "failure must be strictly between 0 and 1, not 1": lambda: CountMin.from_error(2, 0.1, 1, 1),
    "size must be a power of two, not 3": lambda: BloomFilter(2, 3, 1),
    "hashes must be at least 1, not 0": lambda: BloomFilter(2, 2, 0),
    "capacity must be at least 1, not 0": lambda: BloomFilter.from_error(2, 0, 0.1),
    "item_bits must be from 2 to 40, not 41": lambda: HyperLogLog(41, 10),
    "index_bits must be from 1 to 31, not 32": lambda: HyperLogLog(32, 32),
    "bits must be one of 4, 8, 16, 32, not 5": lambda: ReservoirSampling(2, 1, 1, bits=5),
    "size must be from 1 to 3, not 0": lambda: ReservoirSampling(2, 0, 1, bits=4),
    "length must be from 1 to 3, not 4": lambda: ReservoirSampling(2, 1, 4, bits=4),
    "length must be from 2 to 3, not 1": lambda: ReservoirSampling(2, 2, 1, bits=4),
    "window must be at least 1, not 0": lambda: DGIM(0),
    "window must be at least 1, not -2": lambda: SlidingSum(2, -2),
    "n must be at least 1, not -4": lambda: SlidingSum(-4, 2),
    "buckets must be at least 2, not 1": lambda: DGIM(9, 1),
    "hi must be at least lo = 2, not 1": lambda: MinimumMaximum(2, 1),
    "k must be at least 1, not 0": lambda: TopK(2, 0),
    "the range [1, 2] must contain 0": lambda: Moments(1, 2, 1),
    "the range [-2, -1] must contain 0": lambda: UpDownCounter(-2, -1),
    "shift must be at least 0, not -1": lambda: ExponentialMovingAverage(2, -1, 0),
    "fraction_bits must be at least 0, not -1": lambda: ExponentialMovingAverage(2, 0, -1),
    "error must be a number above 0, not 0": lambda: ExponentialMovingAverage.from_error(2, 0, 0),
    "error must be a number above 0, not 'x'": lambda: ExponentialMovingAverage.from_error(2, 0, "x"),
    "seed must be at least 0, not -1": lambda: ReservoirSampling(2, 1, 1, seed=-1),
    "seed must be an int, not 0.5": lambda: BloomFilter(2, 2, 1, seed=0.5),
    "modulus must be at least 1, not 0": lambda: ModularCounter(0),
    "kinds must be at least 1, not 0": lambda: ShuffledBrackets(0),
    "bits must be from 1 to 59, not 60": lambda: ShuffledBrackets(1, 60),
    "letters must be at least 2, not 1": lambda: EqualBlocks(1),
    "bits must be from 1 to 59, not 0": lambda: EqualBlocks(2, 0),
    "an arity must be at least 0, not -1": lambda: PrefixExpressions((2, -1)),
    "the greatest arity must be at least 2, not 1": lambda: PrefixExpressions((0, 1)),
}


@pytest.mark.parametrize("message", WRONG)
def test_message(message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        WRONG[message]()
    assert str(caught.value) == message


def test_a_word_must_stay_below_61_bits() -> None:
    with pytest.raises(ParameterError, match="60"):
        ModularCounter(1 << 61)


def test_numpy_integers_are_accepted() -> None:
    sketch = MisraGries(np.int64(5), np.int32(2), np.uint8(9))
    for item in np.array([3, 3, 1]):
        sketch.update(item)
    assert sketch.output() == (3, 2)
    assert LongestRun(np.int8(2), np.int8(3)).program().memory_bits == 5
