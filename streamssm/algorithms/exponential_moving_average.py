"""The exponential moving average, in fixed point."""

from __future__ import annotations

from fractions import Fraction

from streamssm.algorithms.parameters import at_least
from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm


class ExponentialMovingAverage(Algorithm):
    """Average values with exponentially decaying weights, by the factor 1 - 2^-shift per token.

    A token is one field, ``x``. The average moves by (x - average) / 2^shift, rounded down. The output is the
    average times 2^fraction_bits.

    Law: with a the average in exact arithmetic, a * 2^fraction_bits - 2^shift < output <= a *
    2^fraction_bits: each step rounds down by less than 1, and every later step multiplies that error by
    1 - 2^-shift.

    Parameters
    ----------
    n : values are in [0, n), n at least 1
    shift : at least 0; the average is over about 2^shift values
    fraction_bits : at least 0

    Notes
    -----
    Memory: ``ceil(log2((n - 1) * 2^fraction_bits + 1))`` bits.

    >>> average = ExponentialMovingAverage.from_error(n=256, shift=2, error=1)
    >>> for x in (200, 200, 100):
    ...     average.update(x)
    >>> average.output() / 2**average.fraction_bits  # exactly 90.625
    90.5
    """

    def __init__(self, n: int, shift: int, fraction_bits: int) -> None:
        self.shift = at_least("shift", shift, 0)
        self.fraction_bits = at_least("fraction_bits", fraction_bits, 0)
        self.tokens(x=at_least("n", n, 1))
        self.average = self.register((n - 1 << fraction_bits) + 1)

    @classmethod
    def from_error(cls, n: int, shift: int, error: float) -> ExponentialMovingAverage:
        """Size for an average that is less than ``error`` below the exact one."""
        try:
            allowed = Fraction(str(error))
        except ValueError:
            allowed = Fraction(0)
        if allowed <= 0:
            raise ParameterError(f"error must be a number above 0, not {error!r}")
        span, fraction_bits = 1 << at_least("shift", shift, 0), 0
        while span > allowed * (1 << fraction_bits):
            fraction_bits += 1
        return cls(n, shift, fraction_bits)

    def update(self, x: int) -> None:
        self.average += ((x << self.fraction_bits) - self.average) >> self.shift

    def output(self) -> int:
        return self.average
