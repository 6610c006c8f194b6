"""k-fold function composition by addition: layers with a time-invariant transition."""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least
from streamssm.frontends.algorithm import Algorithm


class AddingComposition(Algorithm):
    """Compose k functions on [0, n) by adding their images to words that start at 0 and saturate at n - 1.

    Tokens are those of `BlockComposition`: (block, key, image), first the pair (0, x) as block 0, then the n
    pairs (a, f_i(a)) of each block i = 1..k in any order.

    Law: after block k the output is f_k(...f_1(x)), on valid streams, where each pair comes once and blocks
    come in order. On other streams it differs from `BlockComposition`: a repeated pair is added again.

    Parameters
    ----------
    n : number of values, at least 1
    k : number of functions, at least 1

    Notes
    -----
    Memory: ``(k + 1) * ceil(log2 n)`` bits. Only the increment depends on the token and on the word below: E2
    makes k + 1 layers of one saturating word each with the time-invariant transition A = 1 (THEORY A2).

    >>> compose = AddingComposition(4, 1)
    >>> for block, key, image in [(0, 0, 2), (1, 2, 3), (1, 0, 1), (1, 1, 0), (1, 3, 0)]:
    ...     compose.update(block, key, image)
    >>> compose.output()
    3
    """

    def __init__(self, n: int, k: int) -> None:
        self.k = at_least("k", k, 1)
        self.top = at_least("n", n, 1) - 1
        self.tokens(block=self.k + 1, key=n, image=n)
        self.values = self.array(n, self.k + 1)

    def update(self, block: int, key: int, image: int) -> None:
        if block == 0:
            self.values[0] = min(self.values[0] + image, self.top)
        for i in range(1, self.k + 1):
            if block == i and key == self.values[i - 1]:
                self.values[i] = min(self.values[i] + image, self.top)

    def output(self) -> int:
        return self.values[self.k]
