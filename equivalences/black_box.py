"""A black box for AALpy: a function of words, each asked once, and where to look for differences."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, overload

import numpy as np

from streamssm.errors import ParameterError

Word = tuple[str, ...]
Output = bool | str


@dataclass
class BlackBox:
    """What AALpy calls a system under learning; ``known`` holds the output after each word that was asked."""

    function: Callable[[Word], Any]
    kind: str
    max_queries: int
    known: dict[Word, Output] = field(default_factory=dict)
    num_queries: int = 0
    num_steps: int = 0
    num_cached_queries: int = 0

    def ask(self, word: Word) -> Output:
        """Return the output after a word."""
        if word not in self.known:
            if len(self.known) >= self.max_queries:
                raise ParameterError(
                    f"learning must not take more than {self.max_queries:,} queries; "
                    "perhaps no finite machine does this"
                )
            self.known[word] = self._checked(self.function(word), word)
        return self.known[word]

    def _checked(self, given: Any, word: Word) -> Output:
        if self.kind != "dfa":
            return str(given)
        if isinstance(given, (bool, np.bool_)):
            return bool(given)
        raise ParameterError(f"a function that is to be a DFA must give a bool, not {given!r} for {word}")

    def query(self, word: Sequence[str]) -> OutputQueries:
        """Return the outputs after every symbol of a word; for no symbols, the one output before any."""
        self.num_queries += 1
        self.num_steps += len(word)
        return OutputQueries(self, tuple(word))


@dataclass(frozen=True)
class OutputQueries(Sequence[Output]):
    """The outputs along a word, each asked for when it is looked at."""

    box: BlackBox
    word: Word

    def __len__(self) -> int:
        return max(1, len(self.word))

    @overload
    def __getitem__(self, place: int) -> Output: ...
    @overload
    def __getitem__(self, place: slice) -> list[Output]: ...
    def __getitem__(self, place: int | slice) -> Output | list[Output]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        return self.box.ask(self.word[: place % len(self) + 1])


@dataclass
class Search:
    """What AALpy calls an equivalence oracle: the W-method, then random words.

    Every word is tried that leads to a state, goes on with up to ``extra_states + 1`` symbols, and ends with
    a word that tells two states apart: if the function is a machine of at most ``extra_states`` more states
    than the conjecture, that finds a difference if there is one (Vasilevskii 1973, Chow 1978). Then as many
    random walks from every state as ``walks_per_state``.
    """

    alphabet: Sequence[str]
    sul: BlackBox
    extra_states: int
    walks_per_state: int
    walk_length: int
    random: random.Random
    num_queries: int = 0
    num_steps: int = 0
    tested: int = 0
    rounds: int = 0

    def find_cex(self, hypothesis: Any) -> Word | None:
        """Return a word that was found on which the conjecture and the function differ, or None."""
        self.rounds += 1
        before = len(self.sul.known)
        try:
            return next((word for word in self._words(hypothesis) if self._differs(hypothesis, word)), None)
        finally:
            self.tested += len(self.sul.known) - before

    def _differs(self, hypothesis: Any, word: Word) -> bool:
        self.num_queries += 1
        return bool(self.sul.ask(word) != output_after(hypothesis, word))

    def _words(self, hypothesis: Any) -> Iterator[Word]:
        accesses = [_access(hypothesis, state) for state in hypothesis.states]
        endings = self._endings(hypothesis)
        middles = [m for n in range(self.extra_states + 2) for m in product(self.alphabet, repeat=n)]
        for middle in middles:
            for access, ending in product(accesses, endings):
                yield from self._along(access + middle, ending)
        for _ in range(self.walks_per_state):
            for access in accesses:
                length = self.random.randint(1, self.walk_length)
                walk = tuple(self.random.choices(self.alphabet, k=length))
                yield from self._along(access + walk, self.random.choice(endings))

    def _along(self, word: Word, ending: Word) -> Iterator[Word]:
        """Yield the words whose outputs an ending compares: a Mealy machine's has one for every symbol."""
        for length in range(len(ending) + 1):
            if word or length or self.sul.kind != "mealy":
                yield word + ending[:length]

    def _endings(self, hypothesis: Any) -> list[Word]:
        found = [tuple(word) for word in hypothesis.compute_characterization_set() or ()]
        return found or [(), *((symbol,) for symbol in self.alphabet)]


def _access(hypothesis: Any, state: Any) -> Word:
    return tuple(hypothesis.get_shortest_path(hypothesis.initial_state, state) or ())


def output_after(hypothesis: Any, word: Word) -> Output | None:
    """Return a conjecture's output after a word; None before the first symbol of a Mealy machine."""
    hypothesis.reset_to_initial()
    output = None
    for symbol in word:
        output = hypothesis.step(symbol)
    if not word and not hasattr(hypothesis.initial_state, "output_fun"):
        state = hypothesis.initial_state
        output = state.is_accepting if hasattr(state, "is_accepting") else state.output
    return output
