"""Reservoir sampling (Vitter's algorithm R): a uniform sample of a stream of unknown length."""

from __future__ import annotations

from streamssm.algorithms.hashing import draw
from streamssm.algorithms.parameters import at_least, between
from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm

# shifts of xorshift generators of full period, which visit every nonzero state (Marsaglia 2003 for 32 bits)
SHIFTS = {4: (1, 3, 2), 8: (1, 1, 2), 16: (7, 9, 8), 32: (13, 17, 5)}


class ReservoirSampling(Algorithm):
    """Maintain a uniform random sample of the items so far, by algorithm R.

    A token is one field, ``item``. The first ``size`` items fill the sample; each later item, the t-th of the
    stream, draws one of t slots and replaces the item there if the slot belongs to the sample. The outputs
    are the sample, with 0 in slots that are still empty.

    Law: after t items, size <= t <= length, each is in the sample with probability size / t over the
    seeds, up to t / 2^bits from rounding. Items after ``length`` are drawn like the one at ``length``.

    Parameters
    ----------
    n : number of items, at least 1
    size : number of items in the sample, at least 1
    length : longest stream that is sampled uniformly, at least ``size``, below 2^(bits - 2)
    seed : seed of the generator
    bits : width of the xorshift generator: 4, 8, 16 or 32

    Notes
    -----
    Memory: ``size * ceil(log2 n) + bits + ceil(log2(length + 1))`` bits. Source: Vitter, *Random Sampling
    with a Reservoir*, 1985.

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
        slot = self.seen
        if self.seen >= self.size:
            left, right, again = self.shifts
            mask = (1 << self.bits) - 1
            x = self.random
            x ^= x << left & mask
            x ^= x >> right
            x ^= x << again & mask
            self.random = max(x, 1)
            slot = x * number >> self.bits
        if slot < self.size:
            self.sample[slot] = item
        self.seen = number

    def output(self) -> tuple[int, ...]:
        return tuple(self.sample)
