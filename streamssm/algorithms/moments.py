"""Running moments: count, sum and sum of squares, exactly."""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least
from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm


class Moments(Algorithm):
    """Compute the count, the sum and the sum of squares of the first values, exactly.

    A token is one field, ``x``. The output is (count, sum, squares): the mean is sum / count and the variance
    (count * squares - sum^2) / count^2. Tokens after the first ``length`` are ignored.

    Law: the output is the exact count, sum and sum of squares of the first ``length`` values.

    Parameters
    ----------
    lo, hi : the values' range, lo <= 0 <= hi
    length : number of values, at least 1

    Notes
    -----
    Memory: ``ceil(log2(length + 1)) + ceil(log2(length * (hi - lo) + 1)) + ceil(log2(length * m + 1))``
    bits with m = max(lo^2, hi^2). The clamps in the update never take effect, because the count stops first:
    they let the translation prove that the registers suffice.

    >>> moments = Moments(-10, 10, length=100)
    >>> for x in (3, -4, 2):
    ...     moments.update(x)
    >>> moments.output()
    (3, 1, 29)
    """

    def __init__(self, lo: int, hi: int, length: int) -> None:
        if not lo <= 0 <= hi:
            raise ParameterError(f"the range [{lo}, {hi}] must contain 0")
        self.length = at_least("length", length, 1)
        self.lowest, self.highest = lo * length, hi * length
        self.most = max(lo * lo, hi * hi) * length
        self.tokens(x=(lo, hi))
        self.count = self.register(length + 1)
        self.sum = self.register((self.lowest, self.highest))
        self.squares = self.register(self.most + 1)

    def update(self, x: int) -> None:
        if self.count < self.length:
            self.count += 1
            self.sum = max(min(self.sum + x, self.highest), self.lowest)
            self.squares = min(self.squares + x * x, self.most)

    def output(self) -> tuple[int, int, int]:
        return self.count, self.sum, self.squares
