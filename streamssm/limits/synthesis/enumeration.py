"""One word: its machines are gone through once, and never gone back to.

The examples only grow, so a machine that failed some of them fails for good. Where one is found that meets
all, the next question starts from it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from streamssm.limits.synthesis.examples import Examples, Pair
from streamssm.limits.synthesis.machines import Family, WordAutomaton, ends_of, require_time

CHUNK = 1 << 16
STAGES = (2, 6, 18, 54)  # so many pairs first: most machines fail a few of them


class Enumeration:
    """The machines of one word from the first on that may still meet the demands."""

    def __init__(self, parts: Sequence[Family]) -> None:
        self._families = parts
        self._place = 0  # of the family
        self._next = 0  # the first machine of it that was not looked at
        self._alive: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._blamed: set[Pair] = set()
        self._left_range = False

    def first(self, demands: Examples, end: float) -> WordAutomaton | None:
        """Return the first machine that meets the demands, which grow with every call; None if none does."""
        stages = [
            Examples().with_more(demands.pairs[:count]) for count in STAGES if count < len(demands.pairs)
        ]
        while self._place < len(self._families):
            require_time(end)
            for stage in (*stages, demands):
                self._keep(stage)
            family = self._families[self._place]
            if len(self._alive):
                return family.machine(int(self._alive[0]))
            if self._next == family.size:
                self._place, self._next = self._place + 1, 0
                continue
            start, self._next = self._next, min(self._next + CHUNK, family.size)
            self._alive = np.arange(start, self._next, dtype=np.int64)
        return None

    def _keep(self, demands: Examples) -> None:
        """Drop the machines at hand that do not meet the demands."""
        if not len(self._alive):
            return
        h, inside = self._families[self._place].states(self._alive, demands)
        ends = ends_of(demands)
        together = h[:, ends[:, 0]] == h[:, ends[:, 1]]
        failed = together.any(axis=1)
        if failed.any():
            self._blamed.update(demands.pairs[place] for place in np.unique(together[failed].argmax(axis=1)))
        self._left_range |= not np.all(inside | failed)
        self._alive = self._alive[inside & ~failed]

    def core(self, demands: Examples) -> Examples:
        """Return demands that no machine meets, once none does: pairs that the machines failed first.

        Where machines were dropped for leaving their range, any word may be the reason, and all stay.
        """
        if self._left_range:
            return demands
        return Examples().with_more(pair for pair in demands.pairs if pair in self._blamed)
