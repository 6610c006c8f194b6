"""States of many streams, packed into integer keys: equal keys, equal states.

Shapes: S words, B states, G groups of words that fit 64 bits together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from streamssm.ir.words import Word

Keys = NDArray[np.uint64]
States = NDArray[np.int64]


class Packer:
    """Packs states, int64 of shape (S, B), to keys, uint64 of shape (B, G), and back.

    >>> from streamssm.ir.ranges import Range
    >>> packer = Packer([Word("a", Range(-2, 1)), Word("b", Range(0, 7))])
    >>> packer.pack(np.array([[-2, 1], [0, 5]])).tolist(), packer.unpack(np.array([[23]], np.uint64)).tolist()
    ([[0], [23]], [[1], [5]])
    """

    def __init__(self, words: Sequence[Word]) -> None:
        self.lows = np.array([word.range.lo for word in words], dtype=np.int64)
        self.bits = [word.bits for word in words]
        self.layout = _layout(self.bits)
        self.num_groups = 1 + max((group for group, _ in self.layout), default=0)

    def pack(self, states: States) -> Keys:
        keys = np.zeros((states.shape[1], self.num_groups), dtype=np.uint64)
        for word, (group, shift) in enumerate(self.layout):
            keys[:, group] |= (states[word] - self.lows[word]).astype(np.uint64) << np.uint64(shift)
        return keys

    def unpack(self, keys: Keys) -> States:
        states = np.empty((len(self.bits), len(keys)), dtype=np.int64)
        for word, (group, shift) in enumerate(self.layout):
            mask = np.uint64((1 << self.bits[word]) - 1)
            states[word] = (keys[:, group] >> np.uint64(shift) & mask).astype(np.int64) + self.lows[word]
        return states


def _layout(bits: Sequence[int]) -> list[tuple[int, int]]:
    """Return (group, shift) of every word; a word that does not fit the current group opens a new one."""
    layout, group, used = [], 0, 0
    for width in bits:
        if used + width > 64:
            group, used = group + 1, 0
        layout.append((group, min(used, 63)))
        used += width
    return layout


def distinct(keys: Keys) -> tuple[Keys, NDArray[np.intp]]:
    """Return the distinct rows, sorted, and for each row its number among them.

    >>> [part.tolist() for part in distinct(np.array([[3], [1], [3]], dtype=np.uint64))]
    [[[1], [3]], [1, 0, 1]]
    """
    if keys.shape[1] == 1:
        rows, numbers = np.unique(keys[:, 0], return_inverse=True)
        return rows[:, None], numbers.reshape(-1)
    rows, numbers = np.unique(keys, axis=0, return_inverse=True)
    return rows, numbers.reshape(-1)


def folded(keys: Keys) -> NDArray[np.uint64]:
    """Return one integer for each row: the key itself if there is one group, else a hash of the groups.

    >>> folded(np.array([[3], [1]], dtype=np.uint64)).tolist()
    [3, 1]
    """
    hashes: NDArray[np.uint64] = keys[:, 0].copy()
    for group in range(1, keys.shape[1]):
        hashes = (hashes ^ hashes >> np.uint64(32)) * np.uint64(0xD6E8FEB86659FD93) ^ keys[:, group]
    return hashes
