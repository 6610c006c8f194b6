"""Top-k: the k largest values, by insertion into a sorted array."""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least
from streamssm.frontends.algorithm import Algorithm


class TopK(Algorithm):
    """Track the k largest values of a stream, with repetitions.

    A token is one field, ``x``. The outputs are the k values, largest first.

    Law: the outputs are the first k of the values in descending order, padded with 0.

    Parameters
    ----------
    n : values are in [0, n), n at least 1
    k : number of values to keep, at least 1

    Notes
    -----
    Memory: ``k * ceil(log2 n)`` bits. A value passes down the sorted array and is swapped with each smaller
    one, as in a systolic priority queue.

    >>> top = TopK(n=100, k=3)
    >>> for x in (7, 40, 7, 12, 40):
    ...     top.update(x)
    >>> top.output()
    (40, 40, 12)
    """

    def __init__(self, n: int, k: int) -> None:
        self.k = at_least("k", k, 1)
        self.tokens(x=at_least("n", n, 1))
        self.best = self.array(n, k)

    def update(self, x: int) -> None:
        for i in range(self.k):
            stored = self.best[i]
            self.best[i] = max(stored, x)
            x = min(stored, x)

    def output(self) -> tuple[int, ...]:
        return tuple(self.best)
