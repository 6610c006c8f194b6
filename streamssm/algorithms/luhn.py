"""The Luhn formula (mod 10): the check digit of card numbers."""

from __future__ import annotations

from streamssm.frontends.algorithm import Algorithm

DIGITS = 10
DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # digit sum of 2 * digit


class Luhn(Algorithm):
    """Check decimal numbers by the Luhn formula: every second digit from the right counts twice.

    A token is one field, ``digit``.

    Law: the output is 1 exactly if the digits so far are a number with a correct check digit.

    Notes
    -----
    Memory: 8 bits, two sums modulo 10: the parity of the length is known only at the end, so both sums are
    kept, and every digit swaps them. All 100 pairs are needed; one word of 7 bits could hold a pair.
    Source: Luhn, *Computer for Verifying Numbers*, US patent 2950048, 1960.

    >>> check = Luhn()
    >>> for digit in (7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 3):
    ...     check.update(digit)
    >>> check.output()
    1
    """

    def __init__(self) -> None:
        self.tokens(digit=DIGITS)
        self.plain = self.register(DIGITS)
        self.doubled = self.register(DIGITS)

    def update(self, digit: int) -> None:
        plain = (self.doubled + digit) % DIGITS
        self.doubled = (self.plain + DOUBLED[digit]) % DIGITS
        self.plain = plain

    def output(self) -> int:
        return int(self.plain == 0)
