"""The Boyer-Moore majority vote (MJRTY)."""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least
from streamssm.frontends.algorithm import Algorithm


class BoyerMooreMajority(Algorithm):
    """Find the majority item of a stream by the Boyer-Moore vote.

    A token is one field, ``item``. The output is the candidate, which is the majority item if there is one.

    Law: after t <= 2 * limit + 1 tokens, an item that occurs more than t / 2 times is the output.

    The count saturates at ``limit``, which is harmless on such streams: an item without the majority occurs
    at most ``limit`` times, and once the count of one with the majority has reached ``limit``, at most
    ``limit`` other items are still to come.

    Parameters
    ----------
    n : number of items, at least 1
    limit : largest count, at least 0

    Notes
    -----
    Memory: ``ceil(log2 n) + ceil(log2(limit + 1))`` bits. Source: Boyer and Moore, *MJRTY: A Fast Majority
    Vote Algorithm*, 1981.

    >>> vote = BoyerMooreMajority.from_length(n=4, length=5)
    >>> for item in (2, 1, 1, 3, 1):
    ...     vote.update(item)
    >>> vote.output(), vote.limit
    (1, 2)
    """

    def __init__(self, n: int, limit: int) -> None:
        self.limit = at_least("limit", limit, 0)
        self.tokens(item=at_least("n", n, 1))
        self.candidate = self.register(n)
        self.count = self.register(limit + 1)

    @classmethod
    def from_length(cls, n: int, length: int) -> BoyerMooreMajority:
        """Size the count for streams of at most ``length`` tokens."""
        return cls(n, at_least("length", length, 1) // 2)

    def update(self, item: int) -> None:
        if self.count == 0:
            self.candidate = item
        if item == self.candidate:
            self.count = min(self.count + 1, self.limit)
        else:
            self.count = max(self.count - 1, 0)

    def output(self) -> int:
        return self.candidate
