"""A saturating counter."""

from __future__ import annotations

import operator

from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm


class SaturatingCounter(Algorithm):
    """Count events up to a limit.

    A token is one field, ``event``: 1 where the event happens, else 0.

    Law: the output is min(number of events, limit).

    Parameters
    ----------
    limit : largest count, at least 0

    Notes
    -----
    Memory: ``ceil(log2(limit + 1))`` bits, the minimum for limit + 1 states.

    >>> counter = SaturatingCounter(2)
    >>> for event in (1, 0, 1, 1):
    ...     counter.update(event)
    >>> counter.output()
    2
    """

    def __init__(self, limit: int) -> None:
        if operator.index(limit) < 0:
            raise ParameterError(f"limit must be at least 0, not {limit}")
        self.limit = limit
        self.tokens(event=2)
        self.count = self.register(limit + 1)

    def update(self, event: int) -> None:
        if event and self.count < self.limit:
            self.count += 1

    def output(self) -> int:
        return self.count
