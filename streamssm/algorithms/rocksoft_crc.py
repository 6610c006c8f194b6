"""Cyclic redundancy check (CRC) with the six parameters of the Rocksoft model."""

from __future__ import annotations

from streamssm.algorithms.parameters import between
from streamssm.frontends.algorithm import Algorithm

MAX_WIDTH = 60
LOW_BITS = (
    30  # a model's table of 256 entries takes numbers of up to 54 bits, so remainders are in two halves
)


def reversed_bits(value: int, width: int) -> int:
    """Return the lowest ``width`` bits of a value in reverse order.

    >>> reversed_bits(0b0011, 4) == 0b1100
    True
    """
    return sum((value >> bit & 1) << width - 1 - bit for bit in range(width))


def remainders(width: int, poly: int, refin: int) -> tuple[int, ...]:
    """Return the register after each byte, from a register of zero.

    >>> remainders(32, 0x04C11DB7, refin=1)[1] == 0x77073096
    True
    """
    table, ones, reflected_poly = [], (1 << width) - 1, reversed_bits(poly, width)
    for byte in range(256):
        register = 0
        for bit in range(8):
            if refin:
                feedback = register & 1 ^ byte >> bit & 1
                register = register >> 1 ^ feedback * reflected_poly
            else:
                feedback = register >> width - 1 ^ byte >> 7 - bit & 1
                register = register << 1 & ones ^ feedback * poly
        table.append(register)
    return tuple(table)


class RocksoftCrc(Algorithm):
    """Compute any CRC of a stream of bytes, from the parameters under which CRCs are cataloged.

    A token is one field, ``byte``. With ``refin`` the register is held in reverse, as ``Crc`` holds it.

    Law: the output is the check sum of the bytes so far, in the parameters' usual meaning: ``poly`` without
    the leading term and ``init`` are most significant bit first; ``refin`` and ``refout`` reverse the bits of
    each input byte and of the result, before ``xorout``.

    Parameters
    ----------
    width : bits of the check sum, 1 to 60
    poly, init, xorout : numbers of ``width`` bits
    refin, refout : 0 or 1

    Notes
    -----
    Memory: ``width`` bits. Source of the parameters: Williams, *A Painless Guide to CRC Error Detection
    Algorithms*, 1993; the table of 256 remainders: Sarwate, *Computation of Cyclic Redundancy Checks via
    Table Look-Up*, 1988.

    >>> crc = RocksoftCrc(16, 0x1021, init=0xFFFF)  # CRC-16/IBM-3740
    >>> for byte in b"123456789":
    ...     crc.update(byte)
    >>> hex(crc.output())
    '0x29b1'
    """

    def __init__(
        self,
        width: int,
        poly: int,
        init: int = 0,
        refin: int = 0,
        refout: int = 0,
        xorout: int = 0,
    ) -> None:
        self.width = between("width", width, 1, MAX_WIDTH)
        ones = (1 << self.width) - 1
        poly, init = between("poly", poly, 0, ones), between("init", init, 0, ones)
        self.xorout = between("xorout", xorout, 0, ones)
        self.refin = bool(between("refin", refin, 0, 1))
        self.reverses = self.refin != bool(between("refout", refout, 0, 1))
        table = remainders(self.width, poly, self.refin)
        self.low = tuple(entry & (1 << LOW_BITS) - 1 for entry in table)
        self.high = tuple(entry >> LOW_BITS for entry in table)
        self.tokens(byte=256)
        self.remainder = self.register(
            1 << self.width, init=reversed_bits(init, self.width) if self.refin else init
        )

    def update(self, byte: int) -> None:
        if self.refin:
            self.remainder = self.entry((self.remainder ^ byte) & 255) ^ self.remainder >> 8
        elif self.width <= 8:
            self.remainder = self.entry(self.remainder << 8 - self.width ^ byte)
        else:
            low = self.width - 8
            self.remainder = self.entry(self.remainder >> low ^ byte) ^ (self.remainder & (1 << low) - 1) << 8

    def entry(self, index: int) -> int:
        """Return the register after a byte, from a register of zero."""
        if self.width <= LOW_BITS:
            return self.low[index]
        return self.high[index] << LOW_BITS | self.low[index]

    def output(self) -> int:
        result = self.remainder
        if self.reverses:
            result = 0
            for bit in range(self.width):
                result = result | (self.remainder >> bit & 1) << self.width - 1 - bit
        return result ^ self.xorout
