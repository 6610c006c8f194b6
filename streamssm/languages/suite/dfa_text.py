"""Small DFAs written as text: one row per state, with its successors in the order of the symbols."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from streamssm.automata.automaton_class import Automaton
from streamssm.languages.suite.sampling import Word


def dfa(name: str, symbols: Sequence[str], rows: str, accepting: str) -> Callable[[], Automaton]:
    """Return a constructor of a DFA of up to ten states, numbered 0-9; state 0 is initial.

    >>> dfa("ab", "ab", "12 20 22", "0")().accepts("abab")
    True
    """
    table = [[int(digit) for digit in row] for row in rows.split()]
    accepts = [str(state) in accepting for state in range(len(table))]
    return lambda: Automaton.acceptor(name, symbols, table, accepts)


def matches(pattern: str) -> Callable[[Word], bool]:
    """Return the membership predicate of a Python regular expression, for symbols of one character."""
    compiled = re.compile(pattern)
    return lambda word: compiled.fullmatch("".join(word)) is not None
