"""The longest run of equal symbols."""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least
from streamssm.frontends.algorithm import Algorithm


class LongestRun(Algorithm):
    """Measure the longest run of equal symbols, up to a limit.

    A token is one field, ``symbol``. The output is the length of the longest run so far.

    Law: the output is min(longest run, limit).

    Parameters
    ----------
    n : number of symbols, at least 1
    limit : largest length, at least 1

    Notes
    -----
    Memory: ``ceil(log2 n) + 2 * ceil(log2(limit + 1))`` bits.

    >>> longest = LongestRun(n=3, limit=10)
    >>> for symbol in (0, 2, 2, 2, 1, 1):
    ...     longest.update(symbol)
    >>> longest.output()
    3
    """

    def __init__(self, n: int, limit: int) -> None:
        self.limit = at_least("limit", limit, 1)
        self.tokens(symbol=at_least("n", n, 1))
        self.last = self.register(n)
        self.run = self.register(limit + 1)
        self.longest = self.register(limit + 1)

    def update(self, symbol: int) -> None:
        if symbol != self.last:
            self.run = 0
        self.last = symbol
        self.run = min(self.run + 1, self.limit)
        self.longest = max(self.longest, self.run)

    def output(self) -> int:
        return self.longest
