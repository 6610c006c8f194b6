"""Cyclic redundancy check (CRC), table-driven: one lookup per byte."""

from __future__ import annotations

from streamssm.algorithms.parameters import between
from streamssm.frontends.algorithm import Algorithm

CRC32 = 0xEDB88320


def require_polynomial(bits: int, polynomial: int) -> None:
    """Raise ParameterError if the number of bits is out of range, or if the polynomial does not fit them."""
    between("bits", bits, 1, 54)
    between("polynomial", polynomial, 0, (1 << bits) - 1)


def crc_table(bits: int, polynomial: int) -> tuple[int, ...]:
    """Return the remainder of each byte, least significant bit first.

    >>> crc_table(32, CRC32)[:3] == (0, 0x77073096, 0xEE0E612C)
    True

    Raises
    ------
    ParameterError
        If the number of bits is out of range, or if the polynomial does not fit them.
    """
    require_polynomial(bits, polynomial)
    table = []
    for remainder in range(256):
        for _ in range(8):
            remainder = remainder >> 1 ^ (polynomial if remainder & 1 else 0)
        table.append(remainder)
    return tuple(table)


class Crc(Algorithm):
    """Compute the CRC of a stream of bytes by Sarwate's table: by default CRC-32 as in zlib, gzip and PNG.

    A token is one field, ``byte``. Bits go in least significant first; the register starts at all ones, and
    the output is its complement.

    Law: with the default parameters the output is ``zlib.crc32`` of the bytes so far.

    Parameters
    ----------
    bits : width of the checksum, 1 to 54
    polynomial : its generator without the leading term, bits reversed

    Notes
    -----
    Memory: ``bits``, the minimum for 2^bits checksums. Source: Peterson and Brown, *Cyclic Codes for Error
    Detection*, 1961; the table of 256 remainders: Sarwate, *Computation of Cyclic Redundancy Checks via Table
    Look-Up*, 1988.

    >>> crc = Crc()
    >>> for byte in b"123456789":
    ...     crc.update(byte)
    >>> hex(crc.output())
    '0xcbf43926'
    """

    def __init__(self, bits: int = 32, polynomial: int = CRC32) -> None:
        self.table = crc_table(bits, polynomial)
        self.ones = (1 << bits) - 1
        self.tokens(byte=256)
        self.remainder = self.register(1 << bits, init=self.ones)

    def update(self, byte: int) -> None:
        self.remainder = self.table[(self.remainder ^ byte) & 255] ^ self.remainder >> 8

    def output(self) -> int:
        return self.remainder ^ self.ones
