"""The shuffle of Dyck-1 languages (Shuffle-Dyck), with counters of a bounded number of bits."""

from __future__ import annotations

from streamssm.algorithms.parameters import BEYOND, at_least, counter_top
from streamssm.frontends.algorithm import Algorithm


class ShuffledBrackets(Algorithm):
    """Recognize shuffles of Dyck-1 words: brackets match within each kind, and kinds may interleave freely.

    A token is one field, ``symbol``: 2 i opens a bracket of kind i, 2 i + 1 closes one.

    Law: the output is 1 if every bracket so far is matched by one of its kind, else 0, and 2 (unknown) from
    the position on where more than 2^bits - 1 brackets of a kind would be open before any unmatched closing
    bracket. So it is 0 or 1 on all words of up to 2^bits - 1 symbols, and 2 on some longer ones.

    Parameters
    ----------
    kinds : number of kinds of brackets, at least 1; one kind is Dyck-1
    bits : width of each kind's counter, 1 to 59

    Notes
    -----
    Memory: ``kinds * bits + 2`` bits. No bounded number of bits suffices for all lengths; log2(n + 1) per
    kind suffice for n symbols (THEORY B6). Source of the task: Suzgun et al., *LSTM Networks Can Perform
    Dynamic Counting*, 2019.

    >>> brackets = ShuffledBrackets(kinds=2, bits=3)
    >>> for symbol in (0, 2, 1, 3, 3):  # ( [ ) ] ]
    ...     brackets.update(symbol)
    ...     print(brackets.output())
    0
    0
    0
    1
    0
    """

    def __init__(self, kinds: int = 1, bits: int = 8) -> None:
        self.kinds = at_least("kinds", kinds, 1)
        self.most = counter_top(bits)
        self.tokens(symbol=2 * kinds)
        self.open = self.array((0, self.most), kinds)
        self.failed = self.register(2)
        self.beyond = self.register(2)

    def update(self, symbol: int) -> None:
        kind = symbol // 2
        closing = symbol % 2
        before = self.open[kind]
        if closing and before == 0:
            self.failed = 1
        if not closing and before == self.most and not self.failed:
            self.beyond = 1
        for each in range(self.kinds):
            if kind == each:
                self.open[each] = max(min(self.open[each] + 1 - 2 * closing, self.most), 0)

    def output(self) -> int:
        if self.beyond:
            return BEYOND
        return int(not self.failed and all(count == 0 for count in self.open))
