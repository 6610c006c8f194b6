"""Support minimization: minimal sets of sources that determine a function.

Shapes: R rows, F sources; ``columns`` (R, F) holds the sources' values on each row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.state_encoding.word_maps import Masks, UpdateMaps

Int64s = NDArray[np.int64]
Suffices = Callable[[Sequence[int]], bool]
WrongRows = Callable[[Int64s, Sequence[int]], Int64s]

MOST_KEYS = 1 << 62
FIRST_ROWS = 1 << 11  # a sample decides first; rows that refute its choice are added (as in CEGIS)
MORE_ROWS = 1 << 9


def preferred(count: int, suffices: Suffices) -> list[int] | None:
    """Return a minimal sufficient subset of the sources 0..count-1; None if all of them do not suffice.

    ``suffices`` must be monotone. Sources of lower numbers are preferred (QuickXplain), which takes few calls
    if few of many sources are needed.


    [1, 4]
    """
    everything = list(range(count))
    if not suffices(everything):
        return None
    return sorted(_required([], False, everything, suffices))


def _required(given: list[int], grown: bool, candidates: list[int], suffices: Suffices) -> list[int]:
    if (grown or not candidates) and suffices(given):
        return []
    if len(candidates) <= 1:
        return candidates if not suffices(given) else []
    half = len(candidates) // 2
    better, worse = candidates[:half], candidates[half:]
    late = _required(given + better, True, worse, suffices)
    early = _required(given + late, bool(late), better, suffices)
    return early + late


def minimal(count: int, num_rows: int, wrong_rows: WrongRows) -> list[int] | None:
    """Return the sources that `preferred` chooses, computed from a growing sample of the rows.

    ``wrong_rows`` returns those of the given rows whose groups refute a choice.
    """
    rows = np.unique(np.linspace(0, num_rows - 1, min(num_rows, FIRST_ROWS)).astype(np.int64))
    everything = np.arange(num_rows)
    while True:
        chosen = preferred(count, partial(_serves, wrong_rows, rows))
        if chosen is None:
            return None
        more = wrong_rows(everything, chosen)
        if not len(more):
            return chosen
        rows = np.union1d(rows, more[:MORE_ROWS])


def _serves(wrong_rows: WrongRows, rows: Int64s, chosen: Sequence[int]) -> bool:
    return len(wrong_rows(rows, chosen)) == 0


def keys(columns: Int64s, chosen: Sequence[int]) -> Int64s:
    """Return numbers that are equal exactly if the rows agree on the chosen columns, shape (R,)."""
    numbers, count = np.zeros(len(columns), np.int64), 1
    for column in chosen:
        size = int(columns[:, column].max(initial=0)) + 1
        if count * size > MOST_KEYS:
            numbers = np.unique(numbers, return_inverse=True)[1]
            count = int(numbers.max(initial=0)) + 1
        numbers, count = numbers * size + columns[:, column], count * size
    return numbers


def groups(columns: Int64s, chosen: Sequence[int]) -> tuple[Int64s, Int64s]:
    """Return an order of the rows in which equal ones are adjacent, and the start of each group."""
    numbers = keys(columns, chosen)
    order = np.argsort(numbers, kind="stable")
    ranked = numbers[order]
    return order, np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))


def maps_by_group(
    family: UpdateMaps, columns: Int64s, pairs: Int64s, chosen: Sequence[int]
) -> tuple[Int64s, Masks]:
    """Return a row of each group, and the mask of maps that are correct on all of its rows.

    ``pairs`` (R,) holds ``before * size + after`` of the variable.
    """
    order, starts = groups(columns, chosen)
    return order[starts], np.bitwise_and.reduceat(family.masks[pairs[order]], starts, axis=0)


def minimal_map_sources(family: UpdateMaps, columns: Int64s, pairs: Int64s) -> list[int] | None:
    """Return minimal sources such that each group has a map that is correct on all of its rows."""

    def wrong_rows(rows: Int64s, chosen: Sequence[int]) -> Int64s:
        order, starts = groups(columns[rows], chosen)
        masks = np.bitwise_and.reduceat(family.masks[pairs[rows][order]], starts, axis=0)
        return rows[_members(order, starts, np.asarray(~masks.any(axis=1)))]

    return minimal(columns.shape[1], len(columns), wrong_rows)


def minimal_sources(columns: Int64s, values: Int64s, given: Sequence[int] = ()) -> list[int] | None:
    """Return minimal sources that, with the ``given`` last columns, determine the value of every row."""

    def wrong_rows(rows: Int64s, chosen: Sequence[int]) -> Int64s:
        order, starts = groups(columns[rows], [*chosen, *given])
        ranked = values[rows][order]
        differ = np.minimum.reduceat(ranked, starts) != np.maximum.reduceat(ranked, starts)
        return rows[_members(order, starts, differ)]

    return minimal(columns.shape[1] - len(given), len(columns), wrong_rows)


def _members(order: Int64s, starts: Int64s, selected: NDArray[np.bool_]) -> Int64s:
    """Return the indices of all rows in the selected groups."""
    lengths = np.diff(np.append(starts, len(order)))
    return order[np.repeat(selected, lengths)]
