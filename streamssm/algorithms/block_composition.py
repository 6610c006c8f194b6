"""k-fold function composition with the block in every token: depth instead of thoughts."""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least
from streamssm.frontends.algorithm import Algorithm


class BlockComposition(Algorithm):
    """Compose k functions on [0, n) that arrive as tables after their argument, block by block.

    A token is (block, key, image): block 0 of the stream is the pair (0, x), block i = 1..k holds the n pairs
    (a, f_i(a)) in any order.

    Law: after block k the output is f_k(...f_1(x)).

    Parameters
    ----------
    n : number of values, at least 1
    k : number of functions, at least 1

    Notes
    -----
    Memory: ``(k + 1) * ceil(log2 n)`` bits. No register reads one above it, so E2 makes k + 1 layers of one
    word each, d = 1 and p = ceil(log2 n), without thoughts (THEORY A2). `FunctionComposition` needs two words
    for every k, and has no layers: its words read each other.

    >>> compose = BlockComposition(4, 1)
    >>> for block, key, image in [(0, 0, 2), (1, 2, 3), (1, 0, 1), (1, 1, 0), (1, 3, 0)]:
    ...     compose.update(block, key, image)
    >>> compose.output()
    3
    """

    def __init__(self, n: int, k: int) -> None:
        self.k = at_least("k", k, 1)
        self.tokens(block=self.k + 1, key=at_least("n", n, 1), image=n)
        self.values = self.array(n, self.k + 1)

    def update(self, block: int, key: int, image: int) -> None:
        if block == 0:
            self.values[0] = image
        for i in range(1, self.k + 1):
            if block == i and key == self.values[i - 1]:
                self.values[i] = image

    def output(self) -> int:
        return self.values[self.k]
