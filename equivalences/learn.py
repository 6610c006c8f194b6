"""Active learning: the automaton of a black-box function of words, from output queries (with AALpy).

Law: the machine is minimal, and agrees with the function on every word that was queried. If the function is
an automaton of at most ``extra_states`` more states, it agrees on all words. Output queries alone cannot tell
whether it is.

Source: Angluin, *Learning regular sets from queries and counterexamples*, 1987; Kearns and Vazirani, *An
Introduction to Computational Learning Theory*, 1994; Chow, *Testing software design modeled by finite-state
machines*, 1978.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, overload

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.errors import ParameterError
from streamssm.ir.alphabet import Alphabet

ALGORITHMS = ("kv", "lstar")
KINDS = ("auto", "dfa", "moore", "mealy")
MAX_QUERIES = 1_000_000

Word = tuple[str, ...]
Output = bool | str


@dataclass(frozen=True)
class Learned:
    """A learned automaton, and the queries that it took.

    ``queries`` is the number of different words that were queried, ``tested`` the number of those that were
    queried to look for counterexamples, ``rounds`` the number of conjectured automata, ``longest`` the length
    of the longest word.
    """

    machine: Automaton
    extra_states: int
    queries: int
    tested: int
    rounds: int
    longest: int

    @property
    def covers(self) -> str:
        """The words for which the outputs are known to be the function's."""
        most = self.machine.num_states + self.extra_states
        return f"the {self.queries:,} words asked, and for every word if it has at most {most:,} states"

    def to_dict(self) -> dict[str, int]:
        """Return the counts."""
        names = ("extra_states", "queries", "tested", "rounds", "longest")
        return {name: getattr(self, name) for name in names}


def learn(
    function: Callable[[Word], Any],
    symbols: Sequence[str],
    *,
    kind: str = "auto",
    algorithm: str = "kv",
    extra_states: int = 1,
    walks_per_state: int = 50,
    walk_length: int = 20,
    max_queries: int = MAX_QUERIES,
    seed: int = 0,
    name: str = "learned",
) -> Learned:
    """Return the minimal automaton that agrees with a function of words on all words that were queried.

    Parameters
    ----------
    function : from a word, a tuple of symbols, to a bool or to an output, of which the str is taken
    kind : "dfa" for bools; "moore"; or "mealy", whose function is never asked for the empty word; "auto" goes
        by the type of the empty word's output
    algorithm : "kv" (Kearns and Vazirani) or "lstar" (Angluin)
    extra_states : how many more states than a conjecture the function may have for a counterexample to be
        found for certain; takes about symbols^(extra_states + 1) words for each state
    walks_per_state, walk_length : of the random words that are tried in addition
    max_queries : limit on the number of different words that are queried

    Raises
    ------
    ParameterError
        If aalpy is not installed, if an option has another value, if the function returns something other
        than bools for a DFA, or if more than max_queries words would be queried: the function may not be
        regular.
    """
    alphabet = Alphabet.of(symbols)
    _require_options(kind, algorithm, extra_states)
    if kind == "auto":
        kind = "dfa" if isinstance(function(()), (bool, np.bool_)) else "moore"
    box = BlackBox(function, kind, max_queries)
    letters = list(alphabet)
    oracle = EquivalenceOracle(letters, box, extra_states, walks_per_state, walk_length, random.Random(seed))
    hypothesis = _run(algorithm, letters, box, oracle)
    machine = _machine(hypothesis, alphabet, kind, name)
    longest = max(map(len, box.known))
    return Learned(machine, extra_states, len(box.known), oracle.tested, oracle.rounds, longest)


def _require_options(kind: str, algorithm: str, extra_states: int) -> None:
    if kind not in KINDS:
        raise ParameterError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
    if algorithm not in ALGORITHMS:
        raise ParameterError(f"algorithm must be one of {', '.join(ALGORITHMS)}, not {algorithm!r}")
    if extra_states < 0:
        raise ParameterError(f"extra_states must be at least 0, not {extra_states}")


def _run(algorithm: str, letters: list[str], box: BlackBox, oracle: EquivalenceOracle) -> Any:
    """Return the first conjecture for which the oracle finds no counterexample."""
    try:
        from aalpy.learning_algs import run_KV, run_Lstar
    except ImportError:
        raise ParameterError("learning needs aalpy: pip install streamssm[languages]") from None
    run = run_KV if algorithm == "kv" else run_Lstar
    return run(letters, box, oracle, box.kind, cache_and_non_det_check=False, print_level=0)


def _machine(hypothesis: Any, alphabet: Alphabet, kind: str, name: str) -> Automaton:
    states = list(hypothesis.states)
    state_numbers = {id(state): number for number, state in enumerate(states)}
    rows = [[state_numbers[id(state.transitions[letter])] for letter in alphabet] for state in states]
    initial = state_numbers[id(hypothesis.initial_state)]
    if kind == "dfa":
        accepting = [state.is_accepting for state in states]
        return Automaton.acceptor(name, alphabet.symbols, rows, accepting, initial=initial).minimal()
    outputs = [
        [state.output_fun[letter] for letter in alphabet] if kind == "mealy" else [state.output]
        for state in states
    ]
    output_numbers = {output: number for number, output in enumerate(dict.fromkeys(sum(outputs, [])))}
    table = np.array([[output_numbers[output] for output in row] for row in outputs], np.int32)
    return Automaton(
        name,
        alphabet.symbols,
        np.array(rows, np.int32),
        table if kind == "mealy" else table[:, 0],
        tuple(output_numbers),
        initial,
    ).minimal()


@dataclass
class BlackBox:
    """A system under learning, in AALpy's term; ``known`` holds the output after each word queried so far."""

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
                    "the function may not be regular"
                )
            self.known[word] = self._checked(self.function(word), word)
        return self.known[word]

    def _checked(self, output: Any, word: Word) -> Output:
        if self.kind != "dfa":
            return str(output)
        if isinstance(output, (bool, np.bool_)):
            return bool(output)
        raise ParameterError(f"the function of a DFA must return a bool, not {output!r} for {word}")

    def query(self, word: Sequence[str]) -> OutputQueries:
        """Return the outputs after every symbol of a word; for the empty word, the one output before any."""
        self.num_queries += 1
        self.num_steps += len(word)
        return OutputQueries(self, tuple(word))


@dataclass(frozen=True)
class OutputQueries(Sequence[Output]):
    """The outputs along a word, each queried when it is read: AALpy often needs the last one alone."""

    box: BlackBox
    word: Word

    def __len__(self) -> int:
        return max(1, len(self.word))

    @overload
    def __getitem__(self, index: int) -> Output: ...
    @overload
    def __getitem__(self, index: slice) -> list[Output]: ...
    def __getitem__(self, index: int | slice) -> Output | list[Output]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self.box.ask(self.word[: index % len(self) + 1])


@dataclass
class EquivalenceOracle:
    """An equivalence oracle in AALpy's sense: the W-method, then random words.

    The W-method tries every word that consists of an access word of a state, up to ``extra_states + 1``
    further symbols, and a word of the characterization set, which distinguishes any two states: if the
    function is an automaton of at most ``extra_states`` more states than the conjecture, this finds a
    counterexample if there is one (Vasilevskii 1973, Chow 1978). Then ``walks_per_state`` random walks from
    every state.
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
        """Return a word on which the conjecture and the function differ, or None if none is found."""
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
        """Yield the words whose outputs are compared along an ending, one for every prefix of it."""
        for length in range(len(ending) + 1):
            # a Mealy machine has no output before the first symbol
            if word or length or self.sul.kind != "mealy":
                yield word + ending[:length]

    def _endings(self, hypothesis: Any) -> list[Word]:
        endings = [tuple(word) for word in hypothesis.compute_characterization_set() or ()]
        return endings or [(), *((symbol,) for symbol in self.alphabet)]


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
