"""Demands met without a solver: all machines of one word are listed, and d of them must tell all pairs apart.

In a diagonal transition the words do not see each other, so a pair is told apart by d words exactly if one of
them does it alone. What is left is a set cover: choose d machines that cover all pairs.

Shapes: m machines, q pairs; ``rows`` (m, q) says which pairs a machine tells apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from streamssm.limits.synthesis.examples import Examples
from streamssm.limits.synthesis.machines import (
    Bools,
    Family,
    WordAutomaton,
    ends_of,
    require_time,
)

CHUNK_CELLS = 1 << 24


def cover(parts: Sequence[Family], count: int, demands: Examples, end: float) -> list[WordAutomaton] | None:
    """Return ``count`` machines that meet the demands together, or None if none do.

    Raises
    ------
    OutOfTimeError
        If that is not known at ``end`` of the monotonic clock.
    """
    machines: dict[bytes, WordAutomaton] = {}
    for family in parts:
        _collect(family, demands, machines, end)
    if not machines:
        return None
    rows = np.array([np.frombuffer(row, bool) for row in machines])
    chosen = _Search(end).covering(rows, count)
    found = list(machines.values())
    return None if chosen is None else [found[row] for row in chosen]


def _collect(family: Family, demands: Examples, machines: dict[bytes, WordAutomaton], end: float) -> None:
    """Add one machine of the family for each different row."""
    ends = ends_of(demands)
    chunk = max(1, CHUNK_CELLS // (len(demands.words) + len(demands.pairs)))
    for start in range(0, family.size, chunk):
        require_time(end)
        numbers = np.arange(start, min(start + chunk, family.size))
        h, inside = family.states(numbers, demands)
        apart = (h[:, ends[:, 0]] != h[:, ends[:, 1]])[inside]
        for row in _different(apart):
            machines.setdefault(apart[row].tobytes(), family.machine(int(numbers[inside][row])))


def _different(rows: Bools) -> NDArray[np.intp]:
    """Return the places of rows, one of each kind."""
    packed = np.ascontiguousarray(np.packbits(rows, axis=1))
    if not packed.size:
        return np.arange(min(1, len(rows)))
    whole = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    return np.unique(whole, return_index=True)[1]


class _Search:
    """The choice of few rows that cover all columns, complete, by branching."""

    def __init__(self, end: float) -> None:
        self.end = end

    def covering(self, rows: Bools, count: int) -> list[int] | None:
        """Return ``count`` rows that cover all columns, one of them maybe several times; None if none do."""
        kept = self._undominated(rows)
        found = self._branch(rows[kept], np.zeros(rows.shape[1], dtype=bool), count)
        if found is None:
            return None
        return [int(kept[row]) for row in (found + [0] * count)[:count]]

    def _branch(self, rows: Bools, covered: Bools, count: int) -> list[int] | None:
        """Try the rows that cover the column which fewest cover."""
        left = np.flatnonzero(~covered)
        if not len(left):
            return []
        gains = rows[:, left].sum(axis=1)
        if gains.max() * count < len(left):
            return None
        require_time(self.end)
        candidates = np.flatnonzero(rows[:, left[np.argmin(rows[:, left].sum(axis=0))]])
        for row in candidates[np.argsort(-gains[candidates], kind="stable")]:
            rest = self._branch(rows, covered | rows[row], count - 1)
            if rest is not None:
                return [int(row), *rest]
        return None

    def _undominated(self, rows: Bools) -> NDArray[np.intp]:
        """Return the places of the rows that are part of no other one."""
        kept: list[int] = []
        for row in np.argsort(-rows.sum(axis=1), kind="stable"):
            require_time(self.end)
            if not (rows[kept] | ~rows[row]).all(axis=1).any():
                kept.append(int(row))
        return np.array(kept, dtype=np.intp)
