"""Pointer chasing: k-fold function composition in the hard order, tables before the argument."""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least
from streamssm.frontends.algorithm import Algorithm


class PointerChasing(Algorithm):
    """Store K functions on [0, n) and follow an argument through all of them.

    A token is (block, key, image). Block k = 1..K sets f_k(key) = image; block 0 queries the argument
    ``image``. Initially all functions are 0 everywhere.

    Law: after a token of block 0 the output is f_K(...f_1(image)), until the next such token.

    Parameters
    ----------
    n : number of values, at least 1
    num_functions : K, at least 1

    Notes
    -----
    Memory: ``(K * n + 1) * ceil(log2 n)`` bits: the tables and the answer. With the argument first,
    ``2 * ceil(log2 n)`` bits suffice for every K (`FunctionComposition`); with even one table first, every
    one-pass algorithm needs n * log2 n bits (THEORY A7), and so does every model with online thoughts (THEORY
    A4).

    >>> chasing = PointerChasing(3, 2)
    >>> for token in [(1, 0, 2), (2, 2, 1), (0, 0, 0)]:  # f_1(0) = 2, f_2(2) = 1, f_2(f_1(0))?
    ...     chasing.update(*token)
    >>> chasing.output()
    1
    """

    def __init__(self, n: int, num_functions: int = 1) -> None:
        self.n = at_least("n", n, 1)
        self.num_functions = at_least("num_functions", num_functions, 1)
        self.tokens(block=num_functions + 1, key=n, image=n)
        self.value = self.register(n)
        self.tables = self.array(n, num_functions * n)

    def update(self, block: int, key: int, image: int) -> None:
        if block > 0:
            self.tables[(block - 1) * self.n + key] = image
        else:
            value = image
            for k in range(self.num_functions):
                value = self.tables[k * self.n + value]
            self.value = value

    def output(self) -> int:
        return self.value
