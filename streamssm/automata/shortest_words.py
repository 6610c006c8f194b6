"""Shortest words between two states, by breadth-first search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def shortest_word(next_state: NDArray[np.int32], source: int, target: int) -> list[int] | None:
    """Return a shortest word from a state to another as numbers of symbols; None if there is none.

    >>> shortest_word(np.array([[1, 0], [1, 2], [2, 2]], np.int32), 0, 2)
    [0, 1]
    """
    parents: dict[int, tuple[int, int]] = {source: (source, -1)}
    queue = [source]
    for state in queue:
        if state == target:
            break
        for symbol, successor in enumerate(next_state[state].tolist()):
            if successor not in parents:
                parents[successor] = state, symbol
                queue.append(successor)
    if target not in parents:
        return None
    word = []
    while target != source:
        target, symbol = parents[target]
        word.append(symbol)
    return word[::-1]
