"""The sum over a sliding window, in a ring buffer."""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least
from streamssm.frontends.algorithm import Algorithm
from streamssm.frontends.assume_in_range import assume_in_range


class SlidingSum(Algorithm):
    """Sum the last ``window`` values.

    A token is one field, ``x``. A ring buffer holds the values of the window; the total adds each new value
    and subtracts the one that leaves.

    Law: the output is the sum of the last ``window`` values, or of all values while there are fewer.

    The range of the total is an assumption; `streamssm.check_assumptions` proves it, by the invariant that
    the total is the sum of the ring buffer.

    Parameters
    ----------
    n : values are in [0, n), n at least 1
    window : number of values in the window, at least 1

    Notes
    -----
    Memory: ``window * ceil(log2 n) + ceil(log2 window) + ceil(log2(window * (n - 1) + 1))`` bits.

    >>> total = SlidingSum(n=10, window=3)
    >>> for x in (5, 9, 2, 4):
    ...     total.update(x)
    >>> total.output()
    15
    """

    def __init__(self, n: int, window: int) -> None:
        self.window = at_least("window", window, 1)
        self.most = window * (at_least("n", n, 1) - 1)
        self.tokens(x=n)
        self.total = self.register(self.most + 1)
        self.oldest = self.register(window)
        self.values = self.array(n, window)

    def update(self, x: int) -> None:
        self.total = assume_in_range(self.total - self.values[self.oldest] + x, 0, self.most)
        self.values[self.oldest] = x
        self.oldest = (self.oldest + 1) % self.window

    def output(self) -> int:
        return self.total
