"""A modular counter; modulus 2 is parity."""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least
from streamssm.frontends.algorithm import Algorithm


class ModularCounter(Algorithm):
    """Count events modulo ``modulus``.

    A token is one field, ``event``: 1 where the event happens, else 0.

    Law: the output is the number of events modulo ``modulus``.

    Parameters
    ----------
    modulus : at least 1

    Notes
    -----
    Memory: ``ceil(log2 modulus)`` bits. No layers with entries in {0, 1} alone compute parity, modulus 2,
    without thoughts; one entry of -1 suffices.

    >>> counter = ModularCounter(3)
    >>> for event in (1, 1, 0, 1, 1):
    ...     counter.update(event)
    >>> counter.output()
    1
    """

    def __init__(self, modulus: int) -> None:
        self.modulus = at_least("modulus", modulus, 1)
        self.tokens(event=2)
        self.count = self.register(modulus)

    def update(self, event: int) -> None:
        self.count = (self.count + event) % self.modulus

    def output(self) -> int:
        return self.count
