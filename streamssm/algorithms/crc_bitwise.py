"""Cyclic redundancy check (CRC), bit-serial: eight shifts per byte, no table."""

from __future__ import annotations

from streamssm.algorithms.crc import CRC32, require_polynomial
from streamssm.frontends.algorithm import Algorithm


class CrcBitwise(Algorithm):
    """Compute the CRC of a stream of bytes by a linear-feedback shift register: by default CRC-32.

    A token is one field, ``byte``, as for ``Crc``; both implement the same function.

    Law: the outputs are those of ``Crc`` with the same parameters.

    Parameters
    ----------
    bits : width of the checksum, 1 to 54
    polynomial : its generator without the leading term, bits reversed

    Notes
    -----
    Memory: ``bits``. Source: Peterson and Brown, *Cyclic Codes for Error Detection*, 1961. The feedback shift
    is linear over the field of two elements, not over the integers.

    >>> crc = CrcBitwise()
    >>> for byte in b"123456789":
    ...     crc.update(byte)
    >>> hex(crc.output())
    '0xcbf43926'
    """

    def __init__(self, bits: int = 32, polynomial: int = CRC32) -> None:
        require_polynomial(bits, polynomial)
        self.polynomial = polynomial
        self.ones = (1 << bits) - 1
        self.tokens(byte=256)
        self.remainder = self.register(1 << bits, init=self.ones)

    def update(self, byte: int) -> None:
        remainder = self.remainder ^ byte
        for _ in range(8):
            remainder = remainder >> 1 ^ (self.polynomial if remainder & 1 else 0)
        self.remainder = remainder

    def output(self) -> int:
        return self.remainder ^ self.ones
