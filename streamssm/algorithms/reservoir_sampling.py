"""A uniform sample of a stream whose length is not known."""

from __future__ import annotations

from streamssm.algorithms.hashing import draw
from streamssm.algorithms.parameters import at_least, between
from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm

# shifts of xorshift generators that run through every nonzero state (Marsaglia 2003 for 32 bits)
SHIFTS = {4: (1, 3, 2), 8: (1, 1, 2), 16: (7, 9, 8), 32: (13, 17, 5)}


class ReservoirSampling(Algorithm):
    """Keep a uniform random sample of the items so far.

    A token is one field, ``item``. The first ``size`` items fill the sample; a later one, the t-th, draws
    one of t places, and takes it if it is one of the sample's (Vitter's algorithm R, 1985). The output is
    the sample, 0 in places that are still empty.

    Law: after t items, size <= t <= length, each is in the sample with probability size / t over the
    seeds, up to t / 2^bits from rounding. Later items take places as the one at ``length`` does.

    Parameters
    ----------
    n : number of items, at least 1
    size : items in the sample, at least 1
    length : longest stream that is sampled uniformly, at least ``size``, below 2^(bits - 2)
    seed : where the random numbers start
    bits : width of the xorshift generator: 4, 8, 16 or 32

    Notes
    -----
    Memory: ``size * ceil(log2 n) + bits + ceil(log2(length + 1))`` bits.

    >>> sampling = ReservoirSampling(n=100, size=2, length=1000)
    >>> for item in range(50):
    ...     sampling.update(item)
    >>> sampling.output()
    (34, 1)
    """

    def __init__(self, n: int, size: int, length: int, seed: int = 1, bits: int = 32) -> None:
        if bits not in SHIFTS:
            raise ParameterError(f"bits must be one of {', '.join(map(str, SHIFTS))}, not {bits!r}")
        self.bits = bits
        self.size = between("size", size, 1, (1 << bits - 2) - 1)
        self.length = between("length", length, size, (1 << bits - 2) - 1)
        self.shifts = SHIFTS[bits]
        self.tokens(item=at_least("n", n, 1))
        self.random = self.register((1, (1 << bits) - 1), init=draw(seed, 1, bits)[0] or 1)
        self.seen = self.register(length + 1)
        self.sample = self.array(n, size)

    def update(self, item: int) -> None:
        number = min(self.seen + 1, self.length)
        place = self.seen
        if self.seen >= self.size:
            left, right, again = self.shifts
            mask = (1 << self.bits) - 1
            x = self.random
            x ^= x << left & mask
            x ^= x >> right
            x ^= x << again & mask
            self.random = max(x, 1)
            place = x * number >> self.bits
        if place < self.size:
            self.sample[place] = item
        self.seen = number

    def output(self) -> tuple[int, ...]:
        return tuple(self.sample)
