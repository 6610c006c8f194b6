"""SpaceSaving: frequent items in few counters, overestimated."""

from __future__ import annotations

from math import ceil

from streamssm.algorithms.parameters import at_least, fraction
from streamssm.frontends.algorithm import Algorithm
from streamssm.frontends.extremes import argmax, argmin


class SpaceSaving(Algorithm):
    """Find the frequent items (heavy hitters) of a stream by SpaceSaving.

    A token is one field, ``item``. If the item has a counter, that is incremented; else the item takes over
    the least counter with its count, and adds 1. The outputs are the item with the largest counter, and that
    count.

    Law: after t <= limit tokens an item that occurred f times and has a counter has a count c with f <= c
    <= f + t / counters, and every item with more than t / counters occurrences has one. The counts sum to t.
    On longer streams counts saturate at ``limit``.

    Parameters
    ----------
    n : number of items, at least 1
    counters : at least 1
    limit : largest count, at least 1

    Notes
    -----
    Memory: ``counters * (ceil(log2 n) + ceil(log2(limit + 1)))`` bits. Source: Metwally, Agrawal and El
    Abbadi, *Efficient Computation of Frequent and Top-k Elements in Data Streams*, 2005.

    >>> frequent = SpaceSaving.from_error(n=8, error=0.5, length=10)
    >>> for item in (5, 1, 5, 2, 5, 3, 5):
    ...     frequent.update(item)
    >>> frequent.output(), frequent.counters
    ((5, 4), 2)
    """

    def __init__(self, n: int, counters: int, limit: int) -> None:
        self.counters = at_least("counters", counters, 1)
        self.limit = at_least("limit", limit, 1)
        self.tokens(item=at_least("n", n, 1))
        self.items = self.array(n, counters)
        self.counts = self.array(limit + 1, counters)

    @classmethod
    def from_error(cls, n: int, error: float, length: int) -> SpaceSaving:
        """Size for counts at most ``error * t`` too high in streams of t <= ``length`` tokens."""
        return cls(n, ceil(1 / fraction("error", error)), at_least("length", length, 1))

    def update(self, item: int) -> None:
        slot = argmin(self.counts)
        for i in range(self.counters):
            if self.counts[i] and self.items[i] == item:
                slot = i
        self.items[slot] = item
        self.counts[slot] = min(self.counts[slot] + 1, self.limit)

    def output(self) -> tuple[int, int]:
        largest = argmax(self.counts)
        return self.items[largest], self.counts[largest]
