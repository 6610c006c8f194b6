"""Many prefixes of one length, in batches that come out the same whenever they are asked for.

So a search keeps a number for each prefix and no tokens.
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
REDRAWN = 2  # positions of a neighbour


class PrefixMode(str, Enum):
    """How prefixes are chosen."""

    ALL = "all"
    RANDOM = "random"  # every token of its own
    NEIGHBOURS = (
        "neighbours"  # of one random prefix, a few tokens drawn anew: what a model forgets shows soon
    )


@dataclass(frozen=True, eq=False)
class Prefixes:
    """``count`` prefixes of ``cut`` tokens."""

    shape: StreamShape
    cut: int
    count: int
    way: PrefixMode
    seed: int = 0

    @classmethod
    def chosen(cls, shape: StreamShape, cut: int, count: int, way: PrefixMode, seed: int) -> Prefixes:
        """Return all prefixes where there are not more than ``count``, and so many otherwise."""
        whole = shape.count(0, cut)
        return (
            cls(shape, cut, whole, PrefixMode.ALL, seed)
            if whole <= count
            else cls(shape, cut, count, way, seed)
        )

    @property
    def batch_size(self) -> int:
        """Prefixes of a batch: fewer of long ones."""
        return min(BATCH, max(1, BATCH_TOKENS // max(self.cut, 1)))

    def batches(self) -> Iterator[Tokens]:
        """Yield the prefixes, shape (cut, B, F), in the order of their numbers."""
        yield from map(self._batch, range(0, self.count, self.batch_size))

    def members(self, numbers: NDArray[np.int64]) -> Tokens:
        """Return prefixes by their numbers, shape (cut, B, F)."""
        found = np.empty((self.cut, len(numbers), len(self.shape.fields)), dtype=np.int64)
        batch = self.batch_size
        for start in (np.unique(numbers // batch) * batch).tolist():
            mine = numbers // batch == start // batch
            found[:, mine] = self._batch(start)[:, numbers[mine] - start]
        return found

    def _batch(self, start: int) -> Tokens:
        size = min(self.batch_size, self.count - start)
        if self.way is PrefixMode.ALL:
            return self.shape.numbered(np.arange(start, start + size), 0, self.cut)
        random = np.random.default_rng([self.seed, self.cut, start])
        if self.way is PrefixMode.RANDOM:
            return self.shape.sample(random, size, 0, self.cut)
        trunk, others = (self.shape.sample(random, count, 0, self.cut) for count in (1, size))
        redrawn = np.zeros((self.cut, size), dtype=bool)
        for _ in range(REDRAWN):
            redrawn[random.integers(self.cut, size=size), np.arange(size)] = True
        return np.where(redrawn[:, :, None], others, trunk)
