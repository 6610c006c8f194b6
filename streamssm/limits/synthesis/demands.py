"""Demands: what a finite set of words asks of a model's weights.

A pair is two words with one last symbol and different answers: the states after them must differ, or no
phi(h, x) gives both answers. Under overflow *error* every word's state must be in range besides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from streamssm.limits.synthesis.acceptor import Acceptor, Stream

Pair = tuple[Stream, Stream]


@dataclass(frozen=True)
class Demands:
    """Words whose states are asked about, closed under prefixes, and the pairs that must be told apart."""

    words: tuple[Stream, ...] = ((),)
    pairs: tuple[Pair, ...] = ()

    def with_more(self, pairs: Iterable[Pair], words: Iterable[Stream] = ()) -> Demands:
        """Return the demands with more pairs and words; prefixes come before what they begin."""
        added = tuple(dict.fromkeys([*self.pairs, *pairs]))
        ends = [*self.words, *words, *(word for pair in added for word in pair)]
        every = {word[:length] for word in ends for length in range(len(word) + 1)}
        return Demands(tuple(sorted(every, key=lambda word: (len(word), word))), added)

    @property
    def length(self) -> int:
        """The length of the longest word."""
        return len(self.words[-1])


def demands_up_to(acceptor: Acceptor, length: int) -> Demands:
    """Return everything that the words of at most a length ask for."""
    layers: list[list[Stream]] = [[()]]
    for _ in range(length):
        layers.append([(*word, x) for word in layers[-1] for x in range(acceptor.num_symbols)])
    words = [word for layer in layers for word in layer]
    groups: dict[tuple[int, bool], list[Stream]] = {}
    for word in words[1:]:
        groups.setdefault((word[-1], acceptor.accepts(word)), []).append(word)
    pairs = [
        (yes, no)
        for x in range(acceptor.num_symbols)
        for yes in groups.get((x, True), [])
        for no in groups.get((x, False), [])
    ]
    return Demands().with_more(pairs, words)
