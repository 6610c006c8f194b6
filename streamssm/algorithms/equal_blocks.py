"""The languages a^n b^n, a^n b^n c^n, ..., with counters of a bounded number of bits."""

from __future__ import annotations

from streamssm.algorithms.parameters import BEYOND, at_least, counter_top
from streamssm.frontends.algorithm import Algorithm


class EqualBlocks(Algorithm):
    """Recognize a^n b^n, a^n b^n c^n, and so on, for all n >= 0.

    A token is one field, ``letter``, in the order of the blocks.

    Law: the output is 1 if the word so far has that form, else 0, and 2 (unknown) from the position on where
    the first block would exceed 2^bits - 1 letters. So it is 0 or 1 on all words of up to 2^bits - 1 symbols,
    and 2 on some longer ones.

    Parameters
    ----------
    letters : number of blocks, at least 2
    bits : width of each counter, 1 to 59

    Notes
    -----
    Memory: ``min(letters - 1, 2) * bits + ceil(log2 letters) + 2`` bits. One counter goes up while the other
    goes down, and they swap roles at the next block; two blocks need only one counter. No bounded number of
    bits suffices for all lengths (THEORY B6).

    >>> blocks = EqualBlocks(letters=3, bits=2)
    >>> for letter in (0, 0, 1, 1, 2, 2, 2):
    ...     blocks.update(letter)
    ...     print(blocks.output())
    0
    0
    0
    0
    0
    1
    0
    """

    def __init__(self, letters: int = 2, bits: int = 8) -> None:
        self.letters = at_least("letters", letters, 2)
        self.most = counter_top(bits)
        self.tokens(letter=letters)
        self.left = self.array((0, self.most), min(letters - 1, 2))
        self.last = self.register(letters)
        self.failed = self.register(2)
        self.beyond = self.register(2)

    def update(self, letter: int) -> None:
        if not self.follows(letter):
            self.failed = 1
        if letter == 0 and self.left[0] == self.most and not self.failed:
            self.beyond = 1
        for each in range(min(self.letters - 1, 2)):
            more = letter % 2 == each and letter < self.letters - 1
            fewer = letter % 2 != each and letter > 0
            self.left[each] = max(min(self.left[each] + more - fewer, self.most), 0)
        self.last = letter

    def follows(self, letter: int) -> bool:
        """Return whether a letter can follow: its block continues, or the block before it is complete."""
        if letter == self.last:
            return letter == 0 or self.remaining(letter) > 0
        return letter == self.last + 1 and self.complete() and self.remaining(letter) > 0

    def complete(self) -> bool:
        """Return whether the last letter's block has as many letters as the first."""
        return self.last == 0 or self.remaining(self.last) == 0

    def remaining(self, letter: int) -> int:
        """Return the number of occurrences of a letter, not the first, that are still missing."""
        return self.left[(letter - 1) % 2]

    def output(self) -> int:
        if self.beyond:
            return BEYOND
        return int(not self.failed and all(count == 0 for count in self.left))
