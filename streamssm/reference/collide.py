"""Twin of ``streamssm.cext.collide``: the first entry of every key, in a dict."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from streamssm.errors import ParameterError

UInt64s = npt.NDArray[np.uint64]

MAX_CAPACITY = 1 << 28


class CollisionTable:
    """The first entry of every key, for up to ``capacity`` entries; see the kernel."""

    def __init__(self, capacity: int) -> None:
        if not 1 <= capacity <= MAX_CAPACITY:
            raise ParameterError(f"capacity must lie in [1, {MAX_CAPACITY}], not be {capacity}")
        self.capacity = capacity
        self.count = 0
        self._first: dict[int, tuple[int, int]] = {}

    def insert(self, keys: UInt64s, labels: UInt64s, most: int) -> npt.NDArray[np.int64]:
        """Enter keys in order; return the pairs (earlier, later) of one key and different labels."""
        if most < 0:
            raise ParameterError(f"most must be at least 0, not {most}")
        if self.count + len(keys) > self.capacity:
            raise ParameterError(f"entries must be at most {self.capacity}, not {self.count + len(keys)}")
        pairs = []
        for key, label in zip(keys.tolist(), labels.tolist(), strict=True):
            number, first_label = self._first.setdefault(key, (self.count, label))
            if first_label != label:
                pairs.append((number, self.count))
            self.count += 1
        return np.array(pairs[:most], dtype=np.int64).reshape(-1, 2)
