"""Examples for CEGIS: the constraints that a finite set of words puts on a model's weights.

A pair is two words with the same last symbol and different answers: the states after them must differ, or no
phi(h, x) gives both answers. Under overflow *error*, the state after every word must be in range as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, product

from streamssm.automata.automaton_class import Automaton
from streamssm.limits.synthesis.answers import Stream, answer_after

Pair = tuple[Stream, Stream]


@dataclass(frozen=True)
class Examples:
    """Words, closed under prefixes, and the pairs of words that a model must distinguish."""

    words: tuple[Stream, ...] = ((),)
    pairs: tuple[Pair, ...] = ()

    def with_more(self, pairs: Iterable[Pair], words: Iterable[Stream] = ()) -> Examples:
        """Return the examples with more pairs and words; every prefix comes before its extensions."""
        added = tuple(dict.fromkeys([*self.pairs, *pairs]))
        ends = [*self.words, *words, *(word for pair in added for word in pair)]
        every = {word[:length] for word in ends for length in range(len(word) + 1)}
        return Examples(tuple(sorted(every, key=lambda word: (len(word), word))), added)

    @property
    def range_only(self) -> tuple[Stream, ...]:
        """The longest words that are no prefix of a word of a pair: they only have to stay in range."""
        prefixes = {word[:length] for pair in self.pairs for word in pair for length in range(len(word) + 1)}
        longer = {word[:-1] for word in self.words if word}
        return tuple(word for word in self.words if word not in prefixes | longer | {()})

    @property
    def length(self) -> int:
        """The length of the longest word."""
        return len(self.words[-1])


def must_differ(machine: Automaton, one: Stream, other: Stream) -> bool:
    """Return whether the states after two words must differ: same last symbol, different answers."""
    if not one or not other or one[-1] != other[-1]:
        return False
    return answer_after(machine, one) != answer_after(machine, other)


def examples_up_to(machine: Automaton, length: int) -> Examples:
    """Return the examples of all words of at most a length.

    >>> even = Automaton.acceptor("even", "a", [[1], [0]], [True, False])
    >>> examples_up_to(even, 3).pairs
    (((0,), (0, 0)), ((0, 0), (0, 0, 0)))
    """
    symbols = range(machine.num_symbols)
    words = [word for size in range(length + 1) for word in product(symbols, repeat=size)]
    pairs = [pair for pair in combinations(words, 2) if must_differ(machine, *pair)]
    return Examples().with_more(pairs, words)
