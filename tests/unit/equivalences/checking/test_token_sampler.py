"""Sampled tokens stay in range, repeat with their seed, and come near to the live registers."""

from __future__ import annotations

import numpy as np

from streamssm.equivalences.checking.token_sampler import TokenSource
from streamssm.ir.ranges import Range
from streamssm.ir.words import field

FIELDS = (field("wide", Range(-(1 << 40), 1 << 40)), field("bit", Range(0, 1)), field("one", Range(5, 5)))
LANES = 256


def draws(seed: int, steps: int = 20) -> np.ndarray:
    source = TokenSource(FIELDS, seed, LANES)
    live = [np.full((1, LANES), 12345, dtype=np.int64)]
    return np.array([source.draw(live) for _ in range(steps)])


def test_every_field_stays_in_its_range() -> None:
    tokens = draws(0)
    for index, word in enumerate(FIELDS):
        assert tokens[:, index].min() >= word.range.lo
        assert tokens[:, index].max() <= word.range.hi


def test_the_seed_decides() -> None:
    assert np.array_equal(draws(3), draws(3))
    assert not np.array_equal(draws(3), draws(4))


def test_live_values_their_neighbours_and_the_ends_are_drawn() -> None:
    wide = set(draws(0)[:, 0].ravel().tolist())
    ends = FIELDS[0].range
    assert {12344, 12345, 12346, ends.lo, ends.lo + 1, ends.hi - 1, ends.hi} <= wide


def test_a_token_may_have_no_fields() -> None:
    assert TokenSource((), 0, 4).draw([np.zeros((1, 4), dtype=np.int64)]) == []


def test_half_of_the_lanes_never_start_again() -> None:
    source = TokenSource(FIELDS, 0, LANES)
    started = np.zeros(LANES, dtype=bool)
    for _ in range(5000):
        started |= source.restarts()
    assert started.sum() == LANES // 2


def test_constants_and_their_neighbours_are_drawn_where_they_fit() -> None:
    source = TokenSource(FIELDS, 0, LANES, {777, 1 << 50})
    live = [np.zeros((1, LANES), dtype=np.int64)]
    drawn = np.array([source.draw(live) for _ in range(20)])
    wide = set(drawn[:, 0].ravel().tolist())
    assert {776, 777, 778} <= wide and max(wide) <= FIELDS[0].range.hi
    assert set(drawn[:, 2].ravel().tolist()) == {5}
