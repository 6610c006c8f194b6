"""The Bloom filter: approximate set membership."""

from __future__ import annotations

from math import ceil, log

from streamssm.algorithms.hashing import draw, spread, spread_bits
from streamssm.algorithms.parameters import at_least, fraction, power_of_two
from streamssm.frontends.algorithm import Algorithm


class BloomFilter(Algorithm):
    """Report whether the last item occurred before, by a Bloom filter: no false negatives.

    A token is one field, ``item``. The output is 1 if all bits that the item's hashes select were set before
    it; the update then sets them.

    Law: an item that occurred before always gives 1. A new item after c distinct ones gives 1 (a false
    positive) with a probability of about (1 - e^(-hashes * c / size))^hashes; for hashes = (size / c) ln 2
    that is 2^-hashes.

    Parameters
    ----------
    n : number of items, at least 1; ceil(log2 n) twice, plus log2(size), must stay below 63
    size : bits of the filter, a power of two
    hashes : number of hash functions, at least 1
    seed : seed of the hashes

    Notes
    -----
    Memory: ``size + 1`` bits, the 1 for the answer. Source: Bloom, *Space/Time Trade-offs in Hash Coding with
    Allowable Errors*, 1970.

    >>> seen = BloomFilter.from_error(n=1000, capacity=20, error=0.01)
    >>> [seen.update(item) or seen.output() for item in (7, 8, 7)], (seen.size, seen.hashes)
    ([0, 0, 1], (256, 9))
    """

    def __init__(self, n: int, size: int, hashes: int, seed: int = 1) -> None:
        self.size = power_of_two("size", size)
        self.hashes = at_least("hashes", hashes, 1)
        self.tokens(item=at_least("n", n, 1))
        self.index_bits = size.bit_length() - 1
        self.word_bits = spread_bits((n - 1).bit_length(), self.index_bits)
        drawn = draw(seed, 2 * hashes, self.word_bits)
        self.functions = tuple(zip(drawn[::2], drawn[1::2], strict=True))
        self.known = self.register(2)
        self.bits = self.array(2, size)

    @classmethod
    def from_error(cls, n: int, capacity: int, error: float, seed: int = 1) -> BloomFilter:
        """Size the filter for a false-positive rate of ``error`` at ``capacity`` distinct items."""
        bits_needed = -at_least("capacity", capacity, 1) * log(fraction("error", error)) / log(2) ** 2
        size = 1 << (ceil(bits_needed) - 1).bit_length()
        return cls(n, size, max(round(size / capacity * log(2)), 1), seed)

    def update(self, item: int) -> None:
        known = 1
        for multiplier, offset in self.functions:
            index = spread(item, multiplier, offset, self.word_bits, self.index_bits)
            known &= self.bits[index]
            self.bits[index] = 1
        self.known = known

    def output(self) -> int:
        return self.known
