"""Which of many sources decide something: smallest sets that tell transitions apart where it matters.

Shapes: R rows, F sources; ``columns`` (R, F) holds what the sources are on each row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.language_layers.moves import Masks, Moves

Int64s = NDArray[np.int64]
Enough = Callable[[Sequence[int]], bool]

MOST_KEYS = 1 << 62


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


def moved(moves: Moves, columns: Int64s, pairs: Int64s, chosen: Sequence[int]) -> tuple[Int64s, Masks]:
    """Return a row of each group, and the moves that serve all of its rows.

    ``pairs`` (R,) holds ``before * size + after`` of the word.
    """
    order, starts = groups(columns, chosen)
    return order[starts], np.bitwise_and.reduceat(moves.masks[pairs[order]], starts, axis=0)


def is_function(columns: Int64s, values: Int64s, chosen: Sequence[int]) -> bool:
    """Return whether some columns tell the value of every row."""
    order, starts = groups(columns, chosen)
    ranked = values[order]
    return bool((np.minimum.reduceat(ranked, starts) == np.maximum.reduceat(ranked, starts)).all())
