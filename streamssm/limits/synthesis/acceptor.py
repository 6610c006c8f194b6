"""Acceptors: complete deterministic automata over a few symbols, as plain tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.frontends.algorithm import Algorithm

Stream = tuple[int, ...]


@dataclass(frozen=True)
class Acceptor:
    """A language as a table: which state follows a state and a symbol, and which states accept.

    ``next_state[s][x]`` is the state after symbol x in state s; symbols are numbered from 0 in the order of
    ``symbols``, whose texts are for people.

    >>> parity = Acceptor("parity", ("0", "1"), ((0, 1), (1, 0)), (True, False))
    >>> parity.accepts([1, 0, 1]), parity.accepts([1])
    (True, False)
    """

    name: str
    symbols: tuple[str, ...]
    next_state: tuple[tuple[int, ...], ...]
    accepting: tuple[bool, ...]
    initial: int = 0

    def __post_init__(self) -> None:
        states, symbols = len(self.next_state), len(self.symbols)
        if not symbols:
            raise ParameterError(f"{self.name} must have at least one symbol, not none")
        if not 0 <= self.initial < states:
            raise ParameterError(f"the initial state must be in [0, {states - 1}], not {self.initial}")
        if len(self.accepting) != states:
            raise ParameterError(f"accepting must say so of {states} states, not of {len(self.accepting)}")
        for state, row in enumerate(self.next_state):
            if len(row) != symbols or not all(0 <= target < states for target in row):
                raise ParameterError(
                    f"state {state} must have {symbols} next states in [0, {states - 1}], not {row}"
                )

    @property
    def num_states(self) -> int:
        return len(self.next_state)

    @property
    def num_symbols(self) -> int:
        return len(self.symbols)

    def state_after(self, word: Sequence[int]) -> int:
        """Return the state after a word from the initial one."""
        state = self.initial
        for symbol in word:
            state = self.next_state[state][symbol]
        return state

    def accepts(self, word: Sequence[int]) -> bool:
        """Return whether a word, given by numbers of symbols, is in the language."""
        return self.accepting[self.state_after(word)]

    def text(self, word: Sequence[int]) -> str:
        """Return a word by its symbols' texts; the empty one as a quoted nothing."""
        return "".join(self.symbols[symbol] for symbol in word) or "''"

    def algorithm(self) -> Algorithm:
        """Return the streaming algorithm that walks through the table: one register, one bit out."""
        return _walker(self)


def _walker(acceptor: Acceptor) -> Algorithm:
    from streamssm.limits.synthesis.walker import Walker

    return Walker(acceptor)
