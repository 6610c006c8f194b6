"""Which of many sources decide something: smallest sets that tell transitions apart where it matters.

Shapes: R rows, F sources; ``columns`` (R, F) holds what the sources are on each row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.state_encoding.word_maps import Masks, UpdateMaps

Int64s = NDArray[np.int64]
Enough = Callable[[Sequence[int]], bool]
Wrong = Callable[[Int64s, Sequence[int]], Int64s]

MOST_KEYS = 1 << 62
FIRST_ROWS = 1 << 11  # that a choice is made by at first
MORE_ROWS = 1 << 9


def preferred(count: int, enough: Enough) -> list[int] | None:
    """Return a set of sources 0..count-1 that is enough and has none to spare; None if all are not.

    ``enough`` must hold for more sources wherever it holds for fewer. Sources of lower numbers are preferred
    (QuickXplain): few calls where few of many are needed.

    >>> preferred(6, lambda found: {1, 4} <= set(found))
    [1, 4]
    """
    everything = list(range(count))
    if not enough(everything):
        return None
    return sorted(_needed([], False, everything, enough))


def _needed(given: list[int], grew: bool, open_ones: list[int], enough: Enough) -> list[int]:
    if (grew or not open_ones) and enough(given):
        return []
    if len(open_ones) <= 1:
        return open_ones if not enough(given) else []
    half = len(open_ones) // 2
    better, worse = open_ones[:half], open_ones[half:]
    late = _needed(given + better, True, worse, enough)
    early = _needed(given + late, bool(late), better, enough)
    return early + late


def least(count: int, num_rows: int, wrong: Wrong) -> list[int] | None:
    """Return the sources that `preferred` would, by few of the rows, and those that this goes wrong on.

    ``wrong`` gives the rows among some in whose groups a choice does not serve.
    """
    rows = np.unique(np.linspace(0, num_rows - 1, min(num_rows, FIRST_ROWS)).astype(np.int64))
    everything = np.arange(num_rows)
    while True:
        chosen = preferred(count, partial(_serves, wrong, rows))
        if chosen is None:
            return None
        more = wrong(everything, chosen)
        if not len(more):
            return chosen
        rows = np.union1d(rows, more[:MORE_ROWS])


def _serves(wrong: Wrong, rows: Int64s, chosen: Sequence[int]) -> bool:
    return len(wrong(rows, chosen)) == 0


def keys(columns: Int64s, chosen: Sequence[int]) -> Int64s:
    """Return numbers that are equal exactly where the rows of some columns are, shape (R,)."""
    found, total = np.zeros(len(columns), np.int64), 1
    for place in chosen:
        size = int(columns[:, place].max(initial=0)) + 1
        if total * size > MOST_KEYS:
            found = np.unique(found, return_inverse=True)[1]
            total = int(found.max(initial=0)) + 1
        found, total = found * size + columns[:, place], total * size
    return found


def groups(columns: Int64s, chosen: Sequence[int]) -> tuple[Int64s, Int64s]:
    """Return an order of the rows in which equal ones are neighbours, and where each group starts."""
    numbers = keys(columns, chosen)
    order = np.argsort(numbers, kind="stable")
    ranked = numbers[order]
    return order, np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))


def moved(moves: UpdateMaps, columns: Int64s, pairs: Int64s, chosen: Sequence[int]) -> tuple[Int64s, Masks]:
    """Return a row of each group, and the moves that serve all of its rows.

    ``pairs`` (R,) holds ``before * size + after`` of the word.
    """
    order, starts = groups(columns, chosen)
    return order[starts], np.bitwise_and.reduceat(moves.masks[pairs[order]], starts, axis=0)


def least_moved(moves: UpdateMaps, columns: Int64s, pairs: Int64s) -> list[int] | None:
    """Return the sources by which each group has a move that serves all of its rows."""

    def wrong(rows: Int64s, chosen: Sequence[int]) -> Int64s:
        order, starts = groups(columns[rows], chosen)
        masks = np.bitwise_and.reduceat(moves.masks[pairs[rows][order]], starts, axis=0)
        return rows[_members(order, starts, np.asarray(~masks.any(axis=1)))]

    return least(columns.shape[1], len(columns), wrong)


def least_function(columns: Int64s, values: Int64s, given: Sequence[int] = ()) -> list[int] | None:
    """Return the sources that tell the value of every row, beside some that are given and come last."""

    def wrong(rows: Int64s, chosen: Sequence[int]) -> Int64s:
        order, starts = groups(columns[rows], [*chosen, *given])
        ranked = values[rows][order]
        differ = np.minimum.reduceat(ranked, starts) != np.maximum.reduceat(ranked, starts)
        return rows[_members(order, starts, differ)]

    return least(columns.shape[1] - len(given), len(columns), wrong)


def _members(order: Int64s, starts: Int64s, of: NDArray[np.bool_]) -> Int64s:
    """Return the places of all rows in some groups."""
    lengths = np.diff(np.append(starts, len(order)))
    return order[np.repeat(of, lengths)]
