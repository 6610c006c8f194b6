"""DGIM: approximate counting of 1s in a sliding window, in logarithmic memory."""

from __future__ import annotations

from math import ceil

from streamssm.algorithms.parameters import at_least, fraction
from streamssm.frontends.algorithm import Algorithm


class DGIM(Algorithm):
    """Count the 1s among the last ``window`` bits up to a relative error, by exponential histograms.

    A token is one field, ``bit``. Each 1 opens a bucket of size 1 with its time stamp. When a size already
    has ``buckets`` buckets, its two oldest merge into one of twice the size, with the time of the younger. A
    bucket expires when its time leaves the window. The output is the sum of the sizes, minus half the oldest.

    Law: the relative error of the output is at most 1 / buckets. The oldest bucket, of size s, holds 1 to s
    of the window's 1s, and the others, all inside it, hold at least (buckets - 1) * (s - 1).

    Parameters
    ----------
    window : number of bits in the window, at least 1
    buckets : largest number of buckets of each size, at least 2

    Notes
    -----
    Memory: ``levels * (buckets * ceil(log2 window) + ceil(log2(buckets + 1))) + ceil(log2 window)`` bits
    with levels = floor(log2((window - 1) / (buckets - 1) + 1)) + 1 sizes; storing the window takes ``window``
    bits. Times are kept modulo the window. Source: Datar, Gionis, Indyk and Motwani, *Maintaining Stream
    Statistics over Sliding Windows*, 2002.

    >>> ones = DGIM.from_error(window=1000, error=0.25)
    >>> for step in range(5000):
    ...     ones.update(step % 5 == 0)
    >>> ones.output(), (ones.buckets, ones.levels)
    (184, (4, 9))
    """

    def __init__(self, window: int, buckets: int = 2) -> None:
        self.window = at_least("window", window, 1)
        self.buckets = at_least("buckets", buckets, 2)
        self.levels = ((window - 1) // (buckets - 1) + 1).bit_length()
        self.tokens(bit=2)
        self.clock = self.register(window)
        self.held = self.array(buckets + 1, self.levels)
        self.times = self.array(window, self.levels * buckets)  # each level's youngest first

    @classmethod
    def from_error(cls, window: int, error: float) -> DGIM:
        """Size for counts with a relative error of at most ``error``."""
        return cls(window, max(ceil(1 / fraction("error", error)), 2))

    def update(self, bit: int) -> None:
        self.clock = (self.clock + 1) % self.window
        self.expire()
        if bit:
            self.open()

    def output(self) -> int:
        total = half = 0
        for level in range(self.levels):
            total += self.held[level] << level
            if self.held[level]:
                half = (1 << level) // 2
        return total - half

    def expire(self) -> None:
        """Remove the bucket that leaves the window, which can only be the oldest."""
        for level in range(self.levels):
            held = self.held[level]
            for i in range(self.buckets):
                if held == i + 1 and self.times[level * self.buckets + i] == self.clock:
                    self.held[level] = i

    def open(self) -> None:
        """Add a bucket of size 1, and merge buckets of every size that is full."""
        time = self.clock
        for level in range(self.levels):
            first = level * self.buckets
            merged = self.times[first + self.buckets - 2]
            for i in range(self.buckets - 1, 0, -1):
                self.times[first + i] = self.times[first + i - 1]
            self.times[first] = time
            if self.held[level] < self.buckets:
                self.held[level] += 1
                return
            self.held[level] = self.buckets - 1
            time = merged
