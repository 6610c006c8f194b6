"""Frequent items in few counters: Misra and Gries."""

from __future__ import annotations

from math import ceil

from streamssm.algorithms.parameters import at_least, fraction
from streamssm.frontends.algorithm import Algorithm
from streamssm.frontends.extremes import argmax, argmin


class MisraGries(Algorithm):
    """Count the frequent items of a stream, each a little too low, in a fixed number of counters.

    A token is one field, ``item``. An item that has a counter is counted; another takes a counter that is 0;
    where there is none, all counters go down by 1. The output is the item with the largest counter, and that
    count.

    Law: after t <= limit tokens an item that occurred f times has a count c with f - t / (counters + 1)
    <= c <= f, where items without a counter have c = 0 (Misra and Gries 1982). So every item with more
    than t / (counters + 1) occurrences has a counter. Later counts stop at ``limit``, and c <= f alone
    remains.

    Parameters
    ----------
    n : number of items, at least 1
    counters : at least 1
    limit : largest count, at least 1

    Notes
    -----
    Memory: ``counters * (ceil(log2 n) + ceil(log2(limit + 1)))`` bits.

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
        place = argmin(self.counts)
        takes = self.counts[place] == 0
        for i in range(self.counters):
            if self.counts[i] and self.items[i] == item:
                place = i
                takes = True
        if takes:
            self.items[place] = item
            self.counts[place] = min(self.counts[place] + 1, self.limit)
        else:
            for i in range(self.counters):
                self.counts[i] = max(self.counts[i] - 1, 0)

    def output(self) -> tuple[int, int]:
        largest = argmax(self.counts)
        return self.items[largest], self.counts[largest]

    def estimate(self, item: int) -> int:
        """Return the count of any item."""
        return sum(c for i, c in zip(self.items, self.counts, strict=True) if i == item)
