"""Many prefixes of one length, in batches that can be generated again.

So a search stores a number for each prefix instead of its tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from streamssm.limits.streams.shapes import StreamShape, Tokens

BATCH = 1 << 16
BATCH_TOKENS = 1 << 21
REDRAWN = 2  # positions in which a neighbor may differ


class PrefixMode(str, Enum):
    """The choice of prefixes.

    Neighbors differ from one random prefix in a few tokens: they soon collide if the model forgets tokens.
    """

    ALL = "all"
    RANDOM = "random"
    NEIGHBORS = "neighbors"


@dataclass(frozen=True, eq=False)
class Prefixes:
    """``count`` prefixes of ``cut`` tokens."""

    shape: StreamShape
    cut: int
    count: int
    mode: PrefixMode
    seed: int = 0

    @classmethod
    def chosen(cls, shape: StreamShape, cut: int, count: int, mode: PrefixMode, seed: int) -> Prefixes:
        """Return all prefixes if there are at most ``count``, otherwise ``count`` of them."""
        whole = shape.count(0, cut)
        return (
            cls(shape, cut, whole, PrefixMode.ALL, seed)
            if whole <= count
            else cls(shape, cut, count, mode, seed)
        )

    @property
    def batch_size(self) -> int:
        """The number of prefixes in a batch, smaller for long prefixes."""
        return min(BATCH, max(1, BATCH_TOKENS // max(self.cut, 1)))

    def batches(self) -> Iterator[Tokens]:
        """Yield the prefixes, shape (cut, B, F), in the order of their numbers."""
        yield from map(self._batch, range(0, self.count, self.batch_size))

    def members(self, numbers: NDArray[np.int64]) -> Tokens:
        """Return prefixes by their numbers, shape (cut, B, F)."""
        tokens = np.empty((self.cut, len(numbers), len(self.shape.fields)), dtype=np.int64)
        batch = self.batch_size
        for start in (np.unique(numbers // batch) * batch).tolist():
            in_batch = numbers // batch == start // batch
            tokens[:, in_batch] = self._batch(start)[:, numbers[in_batch] - start]
        return tokens

    def _batch(self, start: int) -> Tokens:
        size = min(self.batch_size, self.count - start)
        if self.mode is PrefixMode.ALL:
            return self.shape.numbered(np.arange(start, start + size), 0, self.cut)
        random = np.random.default_rng([self.seed, self.cut, start])
        if self.mode is PrefixMode.RANDOM:
            return self.shape.sample(random, size, 0, self.cut)
        trunk, others = (self.shape.sample(random, count, 0, self.cut) for count in (1, size))
        redrawn = np.zeros((self.cut, size), dtype=bool)
        for _ in range(REDRAWN):
            redrawn[random.integers(self.cut, size=size), np.arange(size)] = True
        return np.where(redrawn[:, :, None], others, trunk)
