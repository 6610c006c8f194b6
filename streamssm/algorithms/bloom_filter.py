"""The Bloom filter: has this item come before?"""

from __future__ import annotations

from math import ceil, log

from streamssm.algorithms.hashing import draw, spread, spread_bits
from streamssm.algorithms.parameters import at_least, fraction, power_of_two
from streamssm.frontends.algorithm import Algorithm


class BloomFilter(Algorithm):
    """Tell whether the last item came before, without storing items.

    A token is one field, ``item``. The output is 1 if every bit that the item's hashes point to was set
    before it; then they are set.

    Law: an item that came before gives 1, always. A new item after c different ones gives 1 with a
    probability of about (1 - e^(-hashes * c / size))^hashes (Bloom 1970); for hashes = (size / c) ln 2
    that is 2^-hashes.

    Parameters
    ----------
    n : number of items, at least 1; ceil(log2 n) twice, plus log2(size), must stay below 63
    size : bits of the filter, a power of two
    hashes : number of hash functions, at least 1
    seed : draws the hashes

    Notes
    -----
    Memory: ``size + 1`` bits, the 1 for the answer.

    >>> seen = BloomFilter.from_error(n=1000, capacity=20, error=0.01)
    >>> [seen.update(item) or seen.output() for item in (7, 8, 7)], (seen.size, seen.hashes)
    ([0, 0, 1], (256, 9))
    """

    def __init__(self, n: int, size: int, hashes: int, seed: int = 1) -> None:
        self.size = power_of_two("size", size)
        self.hashes = at_least("hashes", hashes, 1)
        self.tokens(item=at_least("n", n, 1))
        self.place_bits = size.bit_length() - 1
        self.word_bits = spread_bits((n - 1).bit_length(), self.place_bits)
        drawn = draw(seed, 2 * hashes, self.word_bits)
        self.functions = tuple(zip(drawn[::2], drawn[1::2], strict=True))
        self.known = self.register(2)
        self.bits = self.array(2, size)

    @classmethod
    def from_error(cls, n: int, capacity: int, error: float, seed: int = 1) -> BloomFilter:
        """Size for new items taken for known ones with probability ``error`` at ``capacity`` items."""
        wanted = -at_least("capacity", capacity, 1) * log(fraction("error", error)) / log(2) ** 2
        size = 1 << (ceil(wanted) - 1).bit_length()
        return cls(n, size, max(round(size / capacity * log(2)), 1), seed)

    def update(self, item: int) -> None:
        known = 1
        for multiplier, offset in self.functions:
            place = spread(item, multiplier, offset, self.word_bits, self.place_bits)
            known &= self.bits[place]
            self.bits[place] = 1
        self.known = known

    def output(self) -> int:
        return self.known
