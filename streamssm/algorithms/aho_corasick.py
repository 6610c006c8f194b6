"""The Aho-Corasick automaton: string matching of several patterns at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from streamssm.algorithms.knuth_morris_pratt import spell
from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm

MAX_PATTERNS = 54


@dataclass(frozen=True)
class PrefixAutomaton:
    """The automaton whose nodes are the prefixes of the patterns, the empty one first.

    ``goto[node * num_symbols + symbol]`` is the longest suffix of the node and the symbol that is a prefix
    again; bit i of ``ends[node]`` is 1 if pattern i is a suffix of the node.
    """

    goto: tuple[int, ...]
    ends: tuple[int, ...]


def prefix_automaton(patterns: Sequence[Sequence[int]], num_symbols: int) -> PrefixAutomaton:
    """Build the automaton in breadth-first order, so that failure links lead to finished nodes.

    >>> prefix_automaton([(0, 1), (1,)], 2)
    PrefixAutomaton(goto=(1, 3, 1, 2, 1, 3, 1, 3), ends=(0, 0, 3, 2))
    """
    children, ends = _trie(patterns)
    failure = [0] * len(children)
    goto: list[tuple[int, ...]] = [()] * len(children)
    order = deque([0])
    while order:
        node = order.popleft()
        fallback = goto[failure[node]] if node else (0,) * num_symbols
        goto[node] = tuple(children[node].get(s, fallback[s]) for s in range(num_symbols))
        ends[node] |= ends[failure[node]] if node else 0
        for symbol, child in children[node].items():
            failure[child] = fallback[symbol]
            order.append(child)
    return PrefixAutomaton(tuple(target for row in goto for target in row), tuple(ends))


def _trie(patterns: Sequence[Sequence[int]]) -> tuple[list[dict[int, int]], list[int]]:
    children: list[dict[int, int]] = [{}]
    ends = [0]
    for index, pattern in enumerate(patterns):
        node = 0
        for symbol in pattern:
            if symbol not in children[node]:
                children[node][symbol] = len(children)
                children.append({})
                ends.append(0)
            node = children[node][symbol]
        ends[node] |= 1 << index
    return children, ends


class AhoCorasick(Algorithm):
    """Report which of several patterns end at each position of a stream, by the Aho-Corasick automaton.

    A token is one field, ``symbol``, the index of a letter in the alphabet.

    Law: bit i of the output is 1 exactly if the stream so far ends with pattern i.

    Parameters
    ----------
    patterns : 1 to 54 strings or sequences of letters; or one string with commas between the patterns
    alphabet : all letters that the stream may have, each once

    Notes
    -----
    Memory: ``ceil(log2(number of prefixes))`` bits, including the empty prefix. Source: Aho and Corasick,
    *Efficient String Matching: An Aid to Bibliographic Search*, 1975.

    >>> matcher = AhoCorasick(("he", "she", "his", "hers"), "ehirs")
    >>> for letter in "she":
    ...     matcher.update("ehirs".index(letter))
    >>> bin(matcher.output())
    '0b11'
    """

    def __init__(
        self, patterns: str | Sequence[Sequence[Any]] = "ab,aab,ba", alphabet: str | Sequence[Any] = "ab"
    ) -> None:
        if isinstance(patterns, str):
            patterns = patterns.split(",")
        if not 1 <= len(patterns) <= MAX_PATTERNS:
            raise ParameterError(
                f"the number of patterns must be from 1 to {MAX_PATTERNS}, not {len(patterns)}"
            )
        automaton = prefix_automaton([spell(p, alphabet) for p in patterns], len(alphabet))
        self.num_symbols = len(alphabet)
        self.goto = automaton.goto
        self.ends = automaton.ends
        self.tokens(symbol=self.num_symbols)
        self.prefix = self.register(len(self.ends))

    def update(self, symbol: int) -> None:
        self.prefix = self.goto[self.prefix * self.num_symbols + symbol]

    def output(self) -> int:
        return self.ends[self.prefix]
