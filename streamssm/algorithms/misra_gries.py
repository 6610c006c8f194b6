"""The Misra-Gries summary: frequent items in few counters, underestimated."""

from __future__ import annotations

from math import ceil

from streamssm.algorithms.parameters import at_least, fraction
from streamssm.frontends.algorithm import Algorithm
from streamssm.frontends.extremes import argmax, argmin


class MisraGries(Algorithm):
    """Find the frequent items (heavy hitters) of a stream by the Misra-Gries summary.

    A token is one field, ``item``. If the item has a counter, that is incremented; else the item takes a
    counter that is 0; if there is none, all counters are decremented. The outputs are the item with the
    largest counter, and that count.

    Law: after t <= limit tokens an item that occurred f times has a count c with f - t / (counters + 1)
    <= c <= f, where items without a counter have c = 0. So every item with more than t / (counters + 1)
    occurrences has a counter. On longer streams counts saturate at ``limit``, and only c <= f holds.

    Parameters
    ----------
    n : number of items, at least 1
    counters : at least 1
    limit : largest count, at least 1

    Notes
    -----
    Memory: ``counters * (ceil(log2 n) + ceil(log2(limit + 1)))`` bits. Source: Misra and Gries, *Finding
    Repeated Elements*, 1982.

    >>> frequent = MisraGries.from_error(n=8, error=0.3, length=10)
    >>> for item in (5, 1, 5, 2, 5, 3, 5):
    ...     frequent.update(item)
    >>> frequent.output(), frequent.estimate(5), frequent.counters
    ((5, 3), 3, 3)
    """

    def __init__(self, n: int, counters: int, limit: int) -> None:
        self.counters = at_least("counters", counters, 1)
        self.limit = at_least("limit", limit, 1)
        self.tokens(item=at_least("n", n, 1))
        self.items = self.array(n, counters)
        self.counts = self.array(limit + 1, counters)

    @classmethod
    def from_error(cls, n: int, error: float, length: int) -> MisraGries:
        """Size for counts at most ``error * t`` too low in streams of t <= ``length`` tokens."""
        return cls(n, max(ceil(1 / fraction("error", error)) - 1, 1), at_least("length", length, 1))

    def update(self, item: int) -> None:
        slot = argmin(self.counts)
        takes = self.counts[slot] == 0
        for i in range(self.counters):
            if self.counts[i] and self.items[i] == item:
                slot = i
                takes = True
        if takes:
            self.items[slot] = item
            self.counts[slot] = min(self.counts[slot] + 1, self.limit)
        else:
            for i in range(self.counters):
                self.counts[i] = max(self.counts[i] - 1, 0)

    def output(self) -> tuple[int, int]:
        largest = argmax(self.counts)
        return self.items[largest], self.counts[largest]

    def estimate(self, item: int) -> int:
        """Return the count of any item."""
        return sum(c for i, c in zip(self.items, self.counts, strict=True) if i == item)
