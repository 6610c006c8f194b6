"""k-fold function composition with stored tables: one layer without thoughts, as wide as the input."""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least
from streamssm.frontends.algorithm import Algorithm


class StoredComposition(Algorithm):
    """Compose k functions on [0, n) by storing their tables and the argument.

    Tokens are those of `BlockComposition`, (block, key, image), but may come in any order: the pair (0, x)
    of block 0, and the n pairs (a, f_i(a)) of each block i = 1..k.

    Law: after all pairs the output is f_k(...f_1(x)).

    Parameters
    ----------
    n : number of values, at least 1
    k : number of functions, at least 1

    Notes
    -----
    Memory: ``(k * n + 1) * ceil(log2 n)`` bits. No word reads another, so E2 makes one layer of k * n + 1
    words, whose readout looks up one table after another.

    >>> compose = StoredComposition(4, 1)
    >>> for block, key, image in [(1, 2, 3), (1, 0, 1), (0, 0, 2), (1, 1, 0), (1, 3, 0)]:
    ...     compose.update(block, key, image)
    >>> compose.output()
    3
    """

    def __init__(self, n: int, k: int) -> None:
        self.n = at_least("n", n, 1)
        self.k = at_least("k", k, 1)
        self.tokens(block=self.k + 1, key=n, image=n)
        self.start = self.register(n)
        self.tables = self.array(n, self.k * self.n)

    def update(self, block: int, key: int, image: int) -> None:
        if block == 0:
            self.start = image
        else:
            self.tables[(block - 1) * self.n + key] = image

    def output(self) -> int:
        value = self.start
        for i in range(self.k):
            value = self.tables[i * self.n + value]
        return value
