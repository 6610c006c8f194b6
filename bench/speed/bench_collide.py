"""Two streams in one state: the collision table, NumPy's sort as its peer, and a whole search.

    pytest bench/speed/bench_collide.py --benchmark-enable

2^21 keys of 40 bits have about two equal pairs; the search stops at the first pair that a continuation
distinguishes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from streamssm.cext.collide import CollisionTable
from streamssm.limits.collisions.find_collision import collide
from streamssm.limits.collisions.insufficient import claims

KEYS, KEY_BITS, BATCH = 1 << 21, 40, 1 << 16


def drawn() -> tuple[Any, Any]:
    keys = np.random.default_rng(0).integers(1 << KEY_BITS, size=KEYS).astype(np.uint64)
    return keys, np.arange(KEYS, dtype=np.uint64)


def in_batches(keys: Any, labels: Any) -> int:
    table, pairs = CollisionTable(KEYS), 0
    for start in range(0, KEYS, BATCH):
        pairs += len(table.insert(keys[start : start + BATCH], labels[start : start + BATCH], 100))
    return pairs


def sorted_keys(keys: Any, labels: Any) -> int:
    ordered = np.sort(keys)
    return int((ordered[1:] == ordered[:-1]).sum())


def argsorted_keys(keys: Any, labels: Any) -> int:
    order = np.argsort(keys, kind="stable")
    same = keys[order[1:]] == keys[order[:-1]]
    return int((labels[order[1:]][same] != labels[order[:-1]][same]).sum())


@pytest.mark.parametrize("count_pairs", [in_batches, sorted_keys, argsorted_keys])
def test_table(benchmark: Any, count_pairs: Any) -> None:
    keys, labels = drawn()
    assert benchmark(count_pairs, keys, labels) == len(keys) - len(np.unique(keys)) > 0


@pytest.mark.parametrize("number", [1, 4, 5])
def test_search(benchmark: Any, number: int) -> None:
    claim = claims()[number]
    result = benchmark(collide, claim.model, claim.task, claim.shape)
    assert result.collision is not None
