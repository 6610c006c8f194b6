"""An xorshift generator as a hash of a stream of bits."""

from __future__ import annotations

import operator

from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm


class Xorshift(Algorithm):
    """Hash a stream of bits by an xorshift generator.

    A token is one field, ``bit``. It is xored into the state, which then takes the step ``x ^= x << 7; x ^=
    x >> 9; x ^= x << 8``, truncated to the word's bits. With 16 bits and zeros only, the state runs through
    all 65,535 nonzero values.

    Parameters
    ----------
    bits : width of the state, 1 to 54

    Notes
    -----
    Memory: ``bits``. Source: Marsaglia, *Xorshift RNGs*, 2003. The step is linear over the field of two
    elements and far from linear over the integers: a model must decompose words into bits.

    >>> generator = Xorshift(16)
    >>> for bit in (0, 0):
    ...     generator.update(bit)
    >>> generator.output()
    24609
    """

    def __init__(self, bits: int = 16) -> None:
        if not 1 <= operator.index(bits) <= 54:
            raise ParameterError(f"bits must be from 1 to 54, not {bits}")
        self.mask = (1 << bits) - 1
        self.tokens(bit=2)
        self.x = self.register(1 << bits, init=1)

    def update(self, bit: int) -> None:
        x = self.x ^ bit
        x ^= (x << 7) & self.mask
        x ^= x >> 9
        x ^= (x << 8) & self.mask
        self.x = x

    def output(self) -> int:
        return self.x
