"""The streaming algorithm that an acceptor is."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from streamssm.frontends.algorithm import Algorithm

if TYPE_CHECKING:
    from streamssm.limits.synthesis.acceptor import Acceptor


class Walker(Algorithm):
    """Read one symbol after the other and say whether what was read is in the language."""

    def __init__(self, acceptor: Acceptor) -> None:
        self.symbols = acceptor.num_symbols
        self.next_state = tuple(chain.from_iterable(acceptor.next_state))
        self.accepting = tuple(map(int, acceptor.accepting))
        self.tokens(symbol=acceptor.num_symbols)
        self.state = self.register(acceptor.num_states, init=acceptor.initial)

    def update(self, symbol: int) -> None:
        self.state = self.next_state[self.state * self.symbols + symbol]

    def output(self) -> int:
        return self.accepting[self.state]
