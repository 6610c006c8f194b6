"""An up-down counter that saturates at both ends."""

from __future__ import annotations

from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm


class UpDownCounter(Algorithm):
    """Add steps of -1, 0 and 1, saturating at ``lo`` and ``hi``.

    A token is one field, ``step``, in [-1, 1].

    Law: if the sum of every prefix is in [lo, hi], the output is the sum of the steps. In any case it is the
    walk that starts at 0 and ignores steps that would leave [lo, hi].

    Parameters
    ----------
    lo, hi : the least and the greatest value, lo <= 0 <= hi

    Notes
    -----
    Memory: ``ceil(log2(hi - lo + 1))`` bits.

    >>> counter = UpDownCounter(-1, 2)
    >>> for step in (1, 1, 1, -1, 0):
    ...     counter.update(step)
    >>> counter.output()
    1
    """

    def __init__(self, lo: int, hi: int) -> None:
        if not lo <= 0 <= hi:
            raise ParameterError(f"the range [{lo}, {hi}] must contain 0")
        self.lo, self.hi = lo, hi
        self.tokens(step=(-1, 1))
        self.value = self.register((lo, hi))

    def update(self, step: int) -> None:
        self.value = max(min(self.value + step, self.hi), self.lo)

    def output(self) -> int:
        return self.value
