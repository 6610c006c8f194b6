"""k-fold function composition in the easy order, argument first: the task that separates the models."""

from __future__ import annotations

import operator

from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm


class FunctionComposition(Algorithm):
    """Compose any number of functions on [0, n) that arrive as tables after their argument.

    Block 0 of the stream is the pair (0, x); block k = 1..K holds the n pairs (a, f_k(a)) in any order.
    Each pair is a token (key, image, last), ``last`` = 1 on the final pair of a block.

    Law: after block K the output is f_K(...f_1(x)).

    Parameters
    ----------
    n : number of values, at least 1

    Notes
    -----
    Memory: ``2 * ceil(log2 n)`` bits for every K (THEORY A4). One word does not suffice: the value must stay
    available during its block, as the pairs come in any order. With x after the tables, n * ceil(log2 n) bits
    are needed already for K = 1 (THEORY A7).

    >>> compose = FunctionComposition(4)
    >>> for key, image, last in [(0, 2, 1), (2, 3, 0), (0, 1, 0), (1, 1, 0), (3, 0, 1)]:
    ...     compose.update(key, image, last)
    >>> compose.output()
    3
    """

    def __init__(self, n: int) -> None:
        if operator.index(n) < 1:
            raise ParameterError(f"n must be at least 1, not {n}")
        self.tokens(key=n, image=n, last=2)
        self.value = self.register(n)
        self.image = self.register(n)

    def update(self, key: int, image: int, last: int) -> None:
        if key == self.value:
            self.image = image
        if last:
            self.value = self.image

    def output(self) -> int:
        return self.value
