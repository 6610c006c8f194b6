"""Prefix (Polish) notation: expressions recognized by a bounded counter of missing arguments."""

from __future__ import annotations

from streamssm.algorithms.parameters import BEYOND, at_least, counter_top
from streamssm.frontends.algorithm import Algorithm


class PrefixExpressions(Algorithm):
    """Recognize expressions in prefix notation (Lukasiewicz words).

    A token is one field, ``symbol``, its index in ``arities``.

    Law: the output is 1 if the word so far is exactly one expression, else 0, and 2 (unknown) from the
    position on where more than 2^bits - 1 arguments would be missing. So it is 0 or 1 on all words of up to
    (2^bits - 2) // (greatest arity - 1) symbols, and 2 on some longer ones.

    Parameters
    ----------
    arities : number of arguments of each symbol, 0 for a value; the greatest at least 2
    bits : width of the counter, 1 to 59

    Notes
    -----
    Memory: ``bits + 2`` bits. No bounded number of bits suffices for all lengths (THEORY B6). Source of the
    task: Bhattamishra et al., *On the Ability and Limitations of Transformers to Recognize Formal Languages*,
    2020.

    >>> expressions = PrefixExpressions(arities=(0, 0, 1, 2), bits=3)
    >>> for symbol in (3, 2, 0, 1, 1):  # and not 0 1 1
    ...     expressions.update(symbol)
    ...     print(expressions.output())
    0
    0
    0
    1
    0
    """

    def __init__(self, arities: tuple[int, ...] = (0, 0, 1, 2, 2, 3), bits: int = 8) -> None:
        least = [at_least("an arity", arity, 0) for arity in arities]
        at_least("the greatest arity", max(least, default=0), 2)
        self.most = counter_top(bits)
        self.steps = tuple(arity - 1 for arity in arities)
        self.tokens(symbol=len(arities))
        self.missing = self.register((0, self.most), init=1)
        self.failed = self.register(2)
        self.beyond = self.register(2)

    def update(self, symbol: int) -> None:
        after = self.missing + self.steps[symbol]
        if self.missing == 0:
            self.failed = 1
        if self.missing > 0 and after > self.most and not self.failed:
            self.beyond = 1
        self.missing = max(min(after, self.most), 0)

    def output(self) -> int:
        if self.beyond:
            return BEYOND
        return int(not self.failed and self.missing == 0)
