"""The Count-Min sketch: item frequencies, never underestimated."""

from __future__ import annotations

from math import ceil, e, log

from streamssm.algorithms.hashing import draw, spread, spread_bits
from streamssm.algorithms.parameters import at_least, between, fraction, power_of_two
from streamssm.frontends.algorithm import Algorithm


class CountMin(Algorithm):
    """Estimate item frequencies by a Count-Min sketch: a table of counters that items share.

    A token is one field, ``item``. Each row of the table counts it in the counter that the row's hash
    selects; an item's estimate is the minimum of its counters. The outputs are the estimates of the watched
    items.

    Law: an item that occurred f times among t tokens has an estimate of at least min(f, limit), and of more
    than f + (e / width) * t with a probability of at most e^-depth over the hashes, which are drawn from a
    pairwise independent family (`hashing.spread`).

    Parameters
    ----------
    n : number of items, at least 1; ceil(log2 n) twice, plus log2(width), must stay below 63
    width : number of counters per row, a power of two
    depth : number of rows, at least 1
    limit : largest count, at which counters saturate; at least 1
    watched : the items whose estimates are the outputs
    seed : seed of the hashes

    Notes
    -----
    Memory: ``depth * width * ceil(log2(limit + 1))`` bits. Source: Cormode and Muthukrishnan, *An Improved
    Data Stream Summary: The Count-Min Sketch and its Applications*, 2005.

    >>> sketch = CountMin.from_error(n=1000, error=0.01, failure=0.02, limit=255, watched=(7, 8))
    >>> for item in (7, 1, 7, 2, 7):
    ...     sketch.update(item)
    >>> sketch.output(), sketch.estimate(2), (sketch.depth, sketch.width)
    ((3, 0), 1, (4, 512))
    """

    def __init__(
        self,
        n: int,
        width: int,
        depth: int,
        limit: int,
        watched: tuple[int, ...] = (0,),
        seed: int = 1,
    ) -> None:
        self.width = power_of_two("width", width)
        self.depth = at_least("depth", depth, 1)
        self.limit = at_least("limit", limit, 1)
        self.tokens(item=at_least("n", n, 1))
        self.watched = tuple(between("a watched item", item, 0, n - 1) for item in watched)
        at_least("the number of watched items", len(watched), 1)
        self.bits = width.bit_length() - 1
        self.word_bits = spread_bits((n - 1).bit_length(), self.bits)
        drawn = draw(seed, 2 * depth, self.word_bits)
        self.hashes = tuple(zip(drawn[::2], drawn[1::2], strict=True))
        self.counts = self.array(limit + 1, depth * width)

    @classmethod
    def from_error(
        cls, n: int, error: float, failure: float, limit: int, watched: tuple[int, ...] = (0,), seed: int = 1
    ) -> CountMin:
        """Size for estimates at most ``error * t`` too high, except with probability ``failure``."""
        width = ceil(e / fraction("error", error))
        depth = ceil(-log(fraction("failure", failure)))
        return cls(n, 1 << (width - 1).bit_length(), depth, limit, watched, seed)

    def update(self, item: int) -> None:
        for row in range(self.depth):
            index = self.place(row, item)
            self.counts[index] = min(self.counts[index] + 1, self.limit)

    def output(self) -> tuple[int, ...]:
        estimates: tuple[int, ...] = ()
        for item in self.watched:
            estimates += (self.estimate(item),)
        return estimates

    def estimate(self, item: int) -> int:
        """Return the estimate of any item."""
        least = self.limit
        for row in range(self.depth):
            least = min(least, self.counts[self.place(row, item)])
        return least

    def place(self, row: int, item: int) -> int:
        """Return the index of an item's counter in a row."""
        multiplier, offset = self.hashes[row]
        return row * self.width + spread(item, multiplier, offset, self.word_bits, self.bits)
