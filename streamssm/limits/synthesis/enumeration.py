"""Enumeration of the machines of one word, in a single pass over all rounds of the synthesis.

The set of examples only grows, so a machine that fails some of them can be discarded for good. The next round
starts from the first machine that satisfied all examples of the last one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from streamssm.limits.synthesis.examples import Examples, Pair
from streamssm.limits.synthesis.machines import Family, WordAutomaton, ends_of, require_time

CHUNK = 1 << 16
STAGES = (2, 6, 18, 54)  # numbers of pairs to test first: most machines fail one of a few pairs


class Enumeration:
    """The machines of one word that may still satisfy the examples, in order."""

    def __init__(self, parts: Sequence[Family]) -> None:
        self._families = parts
        self._family_index = 0
        self._next = 0  # the first machine of the family that was not tested
        self._alive: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._core_pairs: set[Pair] = set()
        self._left_range = False

    def first(self, examples: Examples, end: float) -> WordAutomaton | None:
        """Return the first machine that satisfies the examples, or None; they must grow with every call."""
        stages = [
            Examples().with_more(examples.pairs[:count]) for count in STAGES if count < len(examples.pairs)
        ]
        while self._family_index < len(self._families):
            require_time(end)
            for stage in (*stages, examples):
                self._filter(stage)
            family = self._families[self._family_index]
            if len(self._alive):
                return family.machine(int(self._alive[0]))
            if self._next == family.size:
                self._family_index, self._next = self._family_index + 1, 0
                continue
            start, self._next = self._next, min(self._next + CHUNK, family.size)
            self._alive = np.arange(start, self._next, dtype=np.int64)
        return None

    def _filter(self, examples: Examples) -> None:
        """Drop the current machines that do not satisfy the examples."""
        if not len(self._alive):
            return
        h, in_range = self._families[self._family_index].states(self._alive, examples)
        ends = ends_of(examples)
        collided = h[:, ends[:, 0]] == h[:, ends[:, 1]]
        failed = collided.any(axis=1)
        if failed.any():
            self._core_pairs.update(
                examples.pairs[index] for index in np.unique(collided[failed].argmax(axis=1))
            )
        self._left_range |= not np.all(in_range | failed)
        self._alive = self._alive[in_range & ~failed]

    def core(self, examples: Examples) -> Examples:
        """Return an unsatisfiable core once no machine is left: the pairs that machines failed first.

        If machines were dropped for leaving their range, any word may be the reason, so all examples remain.
        """
        if self._left_range:
            return examples
        return Examples().with_more(pair for pair in examples.pairs if pair in self._core_pairs)
