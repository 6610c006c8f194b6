"""Synthesis without a solver as a set cover: d machines of one word that together distinguish all pairs.

In a diagonal transition the words do not read each other, so d words distinguish a pair if and only if one of
them does. So all machines of one word are enumerated, and d of them are chosen that cover all pairs.

Shapes: m machines, q pairs; ``rows`` (m, q) is true where a machine distinguishes a pair.
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


def cover(parts: Sequence[Family], count: int, examples: Examples, end: float) -> list[WordAutomaton] | None:
    """Return ``count`` machines that together satisfy the examples, or None if there are none.

    Raises
    ------
    OutOfTimeError
        If this is undecided at time ``end`` of the monotonic clock.
    """
    machines: dict[bytes, WordAutomaton] = {}
    for family in parts:
        _collect(family, examples, machines, end)
    if not machines:
        return None
    rows = np.array([np.frombuffer(row, bool) for row in machines])
    chosen = _Search(end).covering(rows, count)
    distinct = list(machines.values())
    return None if chosen is None else [distinct[row] for row in chosen]


def _collect(family: Family, examples: Examples, machines: dict[bytes, WordAutomaton], end: float) -> None:
    """Add one machine of the family for each distinct row."""
    ends = ends_of(examples)
    chunk = max(1, CHUNK_CELLS // (len(examples.words) + len(examples.pairs)))
    for start in range(0, family.size, chunk):
        require_time(end)
        numbers = np.arange(start, min(start + chunk, family.size))
        h, in_range = family.states(numbers, examples)
        distinguished = (h[:, ends[:, 0]] != h[:, ends[:, 1]])[in_range]
        for row in _distinct_rows(distinguished):
            machines.setdefault(distinguished[row].tobytes(), family.machine(int(numbers[in_range][row])))


def _distinct_rows(rows: Bools) -> NDArray[np.intp]:
    """Return the index of the first of all equal rows, for each distinct row."""
    packed = np.ascontiguousarray(np.packbits(rows, axis=1))
    if not packed.size:
        return np.arange(min(1, len(rows)))
    whole = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    return np.unique(whole, return_index=True)[1]


class _Search:
    """A complete branch-and-bound search for few rows that cover all columns."""

    def __init__(self, end: float) -> None:
        self.end = end

    def covering(self, rows: Bools, count: int) -> list[int] | None:
        """Return ``count`` rows, not necessarily distinct, that cover all columns; None if there are none."""
        undominated = self._undominated(rows)
        chosen = self._branch(rows[undominated], np.zeros(rows.shape[1], dtype=bool), count)
        if chosen is None:
            return None
        return [int(undominated[row]) for row in (chosen + [0] * count)[:count]]

    def _branch(self, rows: Bools, covered: Bools, count: int) -> list[int] | None:
        """Branch on the column that the fewest rows cover."""
        uncovered = np.flatnonzero(~covered)
        if not len(uncovered):
            return []
        gains = rows[:, uncovered].sum(axis=1)
        if gains.max() * count < len(uncovered):
            return None
        require_time(self.end)
        candidates = np.flatnonzero(rows[:, uncovered[np.argmin(rows[:, uncovered].sum(axis=0))]])
        for row in candidates[np.argsort(-gains[candidates], kind="stable")]:
            others = self._branch(rows, covered | rows[row], count - 1)
            if others is not None:
                return [int(row), *others]
        return None

    def _undominated(self, rows: Bools) -> NDArray[np.intp]:
        """Return the indices of the rows that are not subsets of another row."""
        maximal: list[int] = []
        for row in np.argsort(-rows.sum(axis=1), kind="stable"):
            require_time(self.end)
            if not (rows[maximal] | ~rows[row]).all(axis=1).any():
                maximal.append(int(row))
        return np.array(maximal, dtype=np.intp)
