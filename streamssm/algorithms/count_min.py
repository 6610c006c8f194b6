"""The Count-Min sketch: how often did each item come, never too low."""

from __future__ import annotations

from math import ceil, e, log

from streamssm.algorithms.hashing import draw, spread, spread_bits
from streamssm.algorithms.parameters import at_least, between, fraction, power_of_two
from streamssm.frontends.algorithm import Algorithm


class CountMin(Algorithm):
    """Count every item in a table of counters that items share.

    A token is one field, ``item``. Each row of the table counts it at the place where the row's hash
    sends it; an item's estimate is the least of its counters. The output is the estimate of every watched
    item.

    Law: an item that occurred f times among t tokens has an estimate of at least min(f, limit), and of more
    than f + (e / width) * t with a probability of at most e^-depth over the hashes (Cormode and Muthukrishnan
    2005), which are drawn pairwise independent (`hashing.spread`).

    Parameters
    ----------
    n : number of items, at least 1; ceil(log2 n) twice, plus log2(width), must stay below 63
    width : counters in a row, a power of two
    depth : rows, at least 1
    limit : largest count, where a counter stops; at least 1
    watched : the items to put out
    seed : draws the hashes

    Notes
    -----
    Memory: ``depth * width * ceil(log2(limit + 1))`` bits.

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
        """Size for estimates at most ``error * t`` too high, but for a probability of ``failure``."""
        width = ceil(e / fraction("error", error))
        depth = ceil(-log(fraction("failure", failure)))
        return cls(n, 1 << (width - 1).bit_length(), depth, limit, watched, seed)

    def update(self, item: int) -> None:
        for row in range(self.depth):
            place = self.place(row, item)
            self.counts[place] = min(self.counts[place] + 1, self.limit)

    def output(self) -> tuple[int, ...]:
        found: tuple[int, ...] = ()
        for item in self.watched:
            found += (self.estimate(item),)
        return found

    def estimate(self, item: int) -> int:
        """Return the estimate of any item."""
        least = self.limit
        for row in range(self.depth):
            least = min(least, self.counts[self.place(row, item)])
        return least

    def place(self, row: int, item: int) -> int:
        """Return where a row counts an item."""
        multiplier, offset = self.hashes[row]
        return row * self.width + spread(item, multiplier, offset, self.word_bits, self.bits)
