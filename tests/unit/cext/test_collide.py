"""The table that collisions are found with: kernel and twin agree, bit for bit, and with a plain search."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamssm.cext import collide as kernel
from streamssm.errors import ParameterError
from streamssm.reference import collide as twin
from tests.soak import examples

MODULES = pytest.mark.parametrize("module", [kernel, twin], ids=["kernel", "twin"])
TOP = (1 << 64) - 1


def unsigned(values: list[int]) -> Any:
    return np.array(values, dtype=np.uint64)


def searched(keys: list[int], labels: list[int]) -> list[list[int]]:
    """Return the pairs (first of a key, later) of different labels."""
    firsts = [keys.index(key) for key in keys]
    return [[first, i] for i, first in enumerate(firsts) if labels[first] != labels[i]]


@settings(max_examples=examples(60))
@given(st.integers(0, 10**9))
def test_both_find_what_a_plain_search_finds(seed: int) -> None:
    r = Random(seed)
    some = r.choice([[0, 1, TOP], [r.getrandbits(64) for _ in range(r.randint(1, 30))], list(range(40))])
    keys = [r.choice(some) for _ in range(r.randint(0, 80))]
    labels = [r.choice([0, 1, TOP]) for _ in keys]
    for module in (kernel, twin):
        table, found = module.CollisionTable(max(len(keys), 1)), []
        place = 0
        while place < len(keys):
            size = r.randint(1, 20)
            part = slice(place, place + size)
            found += table.insert(unsigned(keys[part]), unsigned(labels[part]), 100).tolist()
            place += size
        assert found == searched(keys, labels)
        assert table.count == len(keys)


def test_many_keys_in_one_batch() -> None:
    """More than are fetched ahead, to the last slot that the capacity allows."""
    random = np.random.default_rng(0)
    keys = random.integers(1 << 12, size=1 << 13).astype(np.uint64) << np.uint64(40)
    labels = random.integers(2, size=1 << 13).astype(np.uint64)
    pairs = [
        module.CollisionTable(1 << 13).insert(keys, labels, 1 << 13).tolist() for module in (kernel, twin)
    ]
    assert pairs[0] == pairs[1] == searched(keys.tolist(), labels.tolist()) and len(pairs[0]) > 1000


@MODULES
def test_no_more_pairs_than_asked_for(module: Any) -> None:
    table = module.CollisionTable(9)
    assert table.insert(unsigned([5] * 6), unsigned(list(range(6))), 2).tolist() == [[0, 1], [0, 2]]
    assert table.insert(unsigned([5]), unsigned([7]), 0).tolist() == []
    assert table.insert(unsigned([5]), unsigned([0]), 9).tolist() == []
    assert table.insert(unsigned([]), unsigned([]), 9).shape == (0, 2)


@MODULES
def test_capacity(module: Any) -> None:
    table = module.CollisionTable(3)
    table.insert(unsigned([1, 2]), unsigned([1, 2]), 1)
    with pytest.raises(ParameterError, match="entries must be at most 3, not 4"):
        table.insert(unsigned([3, 4]), unsigned([1, 2]), 1)
    assert table.insert(unsigned([1]), unsigned([3]), 1).tolist() == [[0, 2]]
    for wrong in (0, -1, module.MAX_CAPACITY + 1):
        with pytest.raises(ParameterError, match="capacity must lie in"):
            module.CollisionTable(wrong)
    with pytest.raises(ParameterError, match="most must be at least 0"):
        module.CollisionTable(3).insert(unsigned([1]), unsigned([1]), -1)


@pytest.mark.parametrize(
    ("keys", "labels", "message"),
    [
        (np.zeros(2, np.int64), unsigned([1, 2]), "keys must be a uint64 array"),
        (unsigned([1, 2]), np.zeros((2, 1), np.uint64), "labels must be a uint64 array"),
        (unsigned([1, 2]), unsigned([1]), "keys and labels must be as many, not 2 and 1"),
        (np.zeros(4, np.uint64)[::2], unsigned([1, 2]), "keys must be contiguous"),
        ([1, 2], unsigned([1, 2]), "keys must be a uint64 array"),
    ],
)
def test_arrays_that_are_refused(keys: Any, labels: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        kernel.CollisionTable(9).insert(keys, labels, 1)


def test_read_only_arrays() -> None:
    keys = unsigned([1, 1])
    keys.setflags(write=False)
    assert kernel.CollisionTable(2).insert(keys, unsigned([1, 2]), 1).tolist() == [[0, 1]]
