"""Strings of bits, as characters 0 and 1, so that a message's length is counted and not claimed."""

from __future__ import annotations

from collections.abc import Iterable


def bits_of(numbers: Iterable[int], width: int) -> str:
    """Return numbers of so many bits each, one behind the other.

    >>> bits_of([5, 1], 3), bits_of([0, 0], 0)
    ('101001', '')
    """
    found = list(numbers)
    if any(not 0 <= number < 1 << width for number in found):
        raise ValueError(f"every number must fit {width} bits, not be {max(found, key=abs)}")
    return "".join(format(number, f"0{width}b") for number in found) if width else ""


class BitReader:
    """Reads numbers from the front of a string.

    >>> reader = BitReader("101001")
    >>> reader.take(3), reader.take(0), reader.take(3), reader.is_done
    (5, 0, 1, True)
    """

    def __init__(self, bits: str) -> None:
        self._bits = bits
        self._place = 0

    def take(self, width: int) -> int:
        part = self._bits[self._place : self._place + width]
        if len(part) < width:
            raise ValueError(f"the string must have {width} bits more than {self._place}")
        self._place += width
        return int(part, 2) if width else 0

    @property
    def is_done(self) -> bool:
        return self._place == len(self._bits)
