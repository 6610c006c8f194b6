"""Adversarial random tokens: values of live registers, constants, their neighbors, ends of ranges.

Uniform tokens miss most faults if a range is large: two fields, or a field and a register, are never equal.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from streamssm.ir.ranges import Range
from streamssm.ir.words import Word

Column = NDArray[np.int64]

RESTART_ODDS = (1 / 8, 1 / 32, 1 / 128, 1 / 512, 0.0, 0.0, 0.0, 0.0)  # by lane modulo 8
HOLD_ODDS = (0, 0, 224, 252)  # of 256, by lane // 8 modulo 4: how often a field repeats itself


class TokenSource:
    """A seeded source of tokens for many lanes, one call for each time step.

    Half of all fields are uniform in their range. The others are the value of a live register or of an
    earlier field of the same token, plus -1, 0 or 1 if that is in the range; or an end of the range, or a
    constant of a side, or a neighbor of one. Some lanes repeat a field many times, and some restart often, so
    that both shallow and deep states are reached.
    """

    def __init__(
        self, fields: Sequence[Word], seed: int, num_lanes: int, constants: Collection[int] = ()
    ) -> None:
        self._fields = fields
        self._landmarks = [_landmarks(word.range, constants) for word in fields]
        self._rng = np.random.Generator(np.random.SFC64(seed))
        self._lanes = np.arange(num_lanes)
        self._restart_odds = np.resize(RESTART_ODDS, num_lanes)
        self._hold_odds = np.resize(np.repeat(HOLD_ODDS, len(RESTART_ODDS)), num_lanes).astype(np.uint32)
        self._last = [np.full(num_lanes, word.range.lo, dtype=np.int64) for word in fields]

    def restarts(self) -> NDArray[np.bool_]:
        """Return a mask of the lanes that start a new stream now."""
        return self._rng.random(len(self._lanes)) < self._restart_odds

    def draw(self, live: Sequence[NDArray[np.int64]]) -> list[Column]:
        """Return the next token of every lane, a column per field; ``live``: state words, (S, lanes)."""
        pool = np.concatenate([*live, *(column[None] for column in self._last)])
        first = len(pool) - len(self._fields)
        columns: list[Column] = []
        for index, word in enumerate(self._fields):
            column = self._field(word, pool, self._last[index], self._landmarks[index])
            pool[first + index] = column  # later fields may repeat this one
            columns.append(column)
        self._last = columns
        return columns

    def _field(self, word: Word, pool: Column, last: Column, landmarks: Column) -> Column:
        lo, hi = word.range.lo, word.range.hi
        # one random word per lane, whose bits decide independently: drawing is the cost of sampling
        dice = self._rng.integers(0, 1 << 32, size=len(self._lanes), dtype=np.uint32)
        uniform = self._rng.integers(lo, hi, size=len(self._lanes), endpoint=True, dtype=np.int64)
        shift = np.array([-1, 0, 0, 1])
        near = pool[(dice >> 15) % len(pool), self._lanes] + shift[(dice >> 5) & 3]
        fits = (lo <= near) & (near <= hi)
        marked = landmarks[self._rng.integers(len(landmarks), size=len(self._lanes))]
        hostile = np.where((dice >> 1) & 3 == 0, marked, np.where(fits, near, uniform))
        drawn = np.where(dice & 1, hostile, uniform)
        return np.where(((dice >> 7) & 255) < self._hold_odds, last, drawn)


def _landmarks(range_: Range, constants: Collection[int]) -> Column:
    """Return values of a range to draw from: half are its ends, half are constants and their neighbors."""
    ends = [range_.lo, min(range_.lo + 1, range_.hi), max(range_.lo, range_.hi - 1), range_.hi]
    near = sorted({c + shift for c in constants for shift in (-1, 0, 1) if range_.holds(c + shift)})
    repeats = max(1, len(near) // len(ends))
    return np.array(ends * repeats + near, dtype=np.int64)
