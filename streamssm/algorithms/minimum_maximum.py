"""The least and the greatest value so far."""

from __future__ import annotations

from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm


class MinimumMaximum(Algorithm):
    """Keep the least and the greatest value.

    A token is one field, ``x``. The output is (least, greatest); before any token it is (hi, lo), which
    no stream of tokens gives unless lo = hi.

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
