"""HyperLogLog: cardinality estimation, the number of distinct items."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from math import ceil

from streamssm.algorithms.hashing import MIXED_BITS, mixed, odd_multipliers
from streamssm.algorithms.parameters import between, fraction
from streamssm.frontends.algorithm import Algorithm

SMALL_BIAS = {
    2: Fraction(3512, 10_000),
    4: Fraction(5324, 10_000),
    8: Fraction(6256, 10_000),
    16: Fraction(673, 1000),
    32: Fraction(697, 1000),
    64: Fraction(709, 1000),
}


class HyperLogLog(Algorithm):
    """Estimate the number of distinct items by HyperLogLog, from the leading zeros of their hashes.

    A token is one field, ``item``. Its hash selects one of m = 2^index_bits ranks, which holds the maximum
    position of the first 1 in the remaining bits. The output is the estimate: alpha * m^2 / sum 2^-rank,
    rounded down; or, if that is at most 5/2 m and z > 0 ranks are 0, linear counting, m * ln(m / z), rounded
    to nearest.

    Law: the relative standard error is about 1.04 / sqrt(m) for many more than m items. The hash permutes the
    items (`hashing.mixed`), so distinct items never collide, and no correction for large counts is needed
    while they are small compared with 2^item_bits.

    Parameters
    ----------
    item_bits : items are in [0, 2^item_bits); from 2 to 40
    index_bits : from 1 to item_bits - 1
    seed : seed of the hash

    Notes
    -----
    Memory: ``m * ceil(log2(r + 1)) + (index_bits + r) + (index_bits + 1)`` bits for ranks up to
    r = item_bits - index_bits + 1. The last two terms are the sum and z: they follow from the ranks, but make
    the time per token independent of m. Source: Flajolet, Fusy, Gandouet and Meunier, *HyperLogLog: the
    Analysis of a Near-Optimal Cardinality Estimation Algorithm*, 2007.

    >>> distinct = HyperLogLog.from_error(item_bits=32, error=0.1)
    >>> for item in (5, 9, 5, 7, 9, 5):
    ...     distinct.update(item)
    >>> distinct.output(), distinct.size
    (3, 128)
    """

    def __init__(self, item_bits: int = 32, index_bits: int = 10, seed: int = 1) -> None:
        self.item_bits = between("item_bits", item_bits, 2, MIXED_BITS)
        self.index_bits = between("index_bits", index_bits, 1, item_bits - 1)
        self.rest_bits = item_bits - index_bits
        self.size = 1 << index_bits
        self.top = self.rest_bits + 1
        self.multipliers = odd_multipliers(seed, 2, item_bits)
        self.tokens(item=1 << item_bits)
        self.total = self.register((self.size, self.size << self.top), init=self.size << self.top)
        self.zeros = self.register(self.size + 1, init=self.size)
        self.ranks = self.array(self.top + 1, self.size)
        self.few = _linear_counts(self.size)
        self.scale = int(_bias(self.size) * self.size**2 * (1 << self.top))

    @classmethod
    def from_error(cls, item_bits: int, error: float, seed: int = 1) -> HyperLogLog:
        """Size for a relative standard error of at most ``error``."""
        size = ceil((Fraction(104, 100) / fraction("error", error)) ** 2)
        return cls(item_bits, max((size - 1).bit_length(), 1), seed)

    def update(self, item: int) -> None:
        code = mixed(item, self.item_bits, self.multipliers)
        index = code >> self.rest_bits
        rank = self.top - (code & (1 << self.rest_bits) - 1).bit_length()
        old = self.ranks[index]
        if rank > old:
            self.ranks[index] = rank
            lost = ((1 << rank - old) - 1) << self.top - rank  # 2^(top - old) - 2^(top - rank)
            self.total = max(self.total - lost, self.size)
            if old == 0:
                self.zeros = max(self.zeros - 1, 0)

    def output(self) -> int:
        estimate = self.scale // self.total
        if self.zeros and 2 * estimate <= 5 * self.size:
            return self.few[self.zeros]
        return estimate


def _bias(size: int) -> Fraction:
    """Return the constant alpha, which corrects the bias of the estimate."""
    return SMALL_BIAS.get(size) or Fraction(7213, 10_000) / (1 + Fraction(1079, 1000 * size))


def _linear_counts(size: int) -> tuple[int, ...]:
    """Return m * ln(m / z) to the nearest integer for z = 0..m, with 0 instead of infinity for z = 0."""
    with localcontext() as context:
        context.prec = 40
        logs = [(Decimal(size) / z).ln() for z in range(1, size + 1)]
        return (0, *(int((size * log).to_integral_value()) for log in logs))
