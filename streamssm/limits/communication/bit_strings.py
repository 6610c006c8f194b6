"""Strings of bits as characters 0 and 1, so that the length of a message is its number of bits."""

from __future__ import annotations

from collections.abc import Iterable


def bits_of(numbers: Iterable[int], width: int) -> str:
    """Concatenate the binary representations of numbers, each of ``width`` bits.

    >>> bits_of([5, 1], 3), bits_of([0, 0], 0)
    ('101001', '')
    """
    values = list(numbers)
    if any(not 0 <= number < 1 << width for number in values):
        raise ValueError(f"{max(values, key=abs)} does not fit {width} bits")
    return "".join(format(number, f"0{width}b") for number in values) if width else ""


class BitReader:
    """Reads numbers from a string of bits, in order.

    >>> reader = BitReader("101001")
    >>> reader.take(3), reader.take(0), reader.take(3)
    (5, 0, 1)
    """

    def __init__(self, bits: str) -> None:
        self._bits = bits
        self._position = 0

    def take(self, width: int) -> int:
        part = self._bits[self._position : self._position + width]
        if len(part) < width:
            raise ValueError(f"cannot read {width} bits at position {self._position} of {len(self._bits)}")
        self._position += width
        return int(part, 2) if width else 0
