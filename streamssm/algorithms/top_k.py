"""The largest values so far."""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least
from streamssm.frontends.algorithm import Algorithm


class TopK(Algorithm):
    """Keep the k largest values, equal ones too.

    A token is one field, ``x``. The output is the k values, largest first, with 0 in places that are still
    empty.

    Law: the output is the first k of the values sorted downwards, filled up with 0.

    Parameters
    ----------
    n : values are in [0, n), n at least 1
    k : number of values kept, at least 1

    Notes
    -----
    Memory: ``k * ceil(log2 n)`` bits. A value passes down the sorted array and changes places with each
    smaller one.

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
            kept = self.best[i]
            self.best[i] = max(kept, x)
            x = min(kept, x)

    def output(self) -> tuple[int, ...]:
        return tuple(self.best)
