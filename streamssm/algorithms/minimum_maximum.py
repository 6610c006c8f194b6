"""The running minimum and maximum."""

from __future__ import annotations

from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm


class MinimumMaximum(Algorithm):
    """Track the minimum and the maximum of a stream.

    A token is one field, ``x``. The output is (minimum, maximum); before any token it is (hi, lo), which no
    stream of tokens gives unless lo = hi.

    Law: after a token the output is (min, max) of all tokens.

    Parameters
    ----------
    lo, hi : the values' range

    Notes
    -----
    Memory: ``2 * ceil(log2(hi - lo + 1))`` bits.

    >>> extremes = MinimumMaximum(-8, 7)
    >>> for x in (3, -2, 5):
    ...     extremes.update(x)
    >>> extremes.output()
    (-2, 5)
    """

    def __init__(self, lo: int, hi: int) -> None:
        if lo > hi:
            raise ParameterError(f"hi must be at least lo = {lo}, not {hi}")
        self.tokens(x=(lo, hi))
        self.least = self.register((lo, hi), init=hi)
        self.greatest = self.register((lo, hi), init=lo)

    def update(self, x: int) -> None:
        self.least = min(self.least, x)
        self.greatest = max(self.greatest, x)

    def output(self) -> tuple[int, int]:
        return self.least, self.greatest
