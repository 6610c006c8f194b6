"""Learning: the machine of a function of words that can only be asked (active learning, with AALpy).

Law: the machine is minimal, and agrees with the function on every word that was asked. If the function is a
machine of at most ``extra_states`` states more, it agrees on all words. Whether it is cannot be known by
asking.

Source: Angluin, *Learning regular sets from queries and counterexamples*, 1987; Kearns and Vazirani, *An
Introduction to Computational Learning Theory*, 1994; Chow, *Testing software design modeled by finite-state
machines*, 1978.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from streamssm.automata.machine import Automaton
from streamssm.equivalences.black_box import BlackBox, Search, Word
from streamssm.errors import ParameterError
from streamssm.ir.alphabet import Alphabet

ALGORITHMS = ("kv", "lstar")
KINDS = ("auto", "dfa", "moore", "mealy")
MAX_QUERIES = 1_000_000


@dataclass(frozen=True)
class Learned:
    """A machine that was learned, and what it took.

    ``queries`` is the number of different words that the function was asked, ``tested`` how many of them were
    asked to look for differences, ``rounds`` the number of machines that were conjectured, ``longest`` the
    length of the longest word.
    """

    machine: Automaton
    extra_states: int
    queries: int
    tested: int
    rounds: int
    longest: int

    @property
    def covers(self) -> str:
        """For which words the outputs are known to be the function's."""
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
    """Return the minimal machine that agrees with a function of words on all that were asked.

    Parameters
    ----------
    function : from a word, a tuple of symbols, to a bool or to an output, of which the str is taken
    kind : "dfa" for bools; "moore"; or "mealy", whose function is never asked for the empty word; "auto" goes
        by the type of the empty word's output
    algorithm : "kv", by Kearns and Vazirani, or "lstar", by Angluin
    extra_states : how many states more the function may have than a conjecture for a difference to be found
        for certain; takes about symbols^(extra_states + 1) words for each state
    walks_per_state, walk_length : of the random words that are tried besides
    max_queries : different words that may be asked

    Raises
    ------
    ParameterError
        If aalpy is not installed, an option is none of these, the function gives something else than bools
        for a DFA, or more words would be asked: perhaps no finite machine does what it does.
    """
    alphabet = Alphabet.of(symbols)
    _require_options(kind, algorithm, extra_states)
    if kind == "auto":
        kind = "dfa" if isinstance(function(()), (bool, np.bool_)) else "moore"
    box = BlackBox(function, kind, max_queries)
    letters = list(alphabet)
    search = Search(letters, box, extra_states, walks_per_state, walk_length, random.Random(seed))
    hypothesis = _run(algorithm, letters, box, search)
    machine = _machine(hypothesis, alphabet, kind, name)
    longest = max(map(len, box.known))
    return Learned(machine, extra_states, len(box.known), search.tested, search.rounds, longest)


def _require_options(kind: str, algorithm: str, extra_states: int) -> None:
    if kind not in KINDS:
        raise ParameterError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
    if algorithm not in ALGORITHMS:
        raise ParameterError(f"algorithm must be one of {', '.join(ALGORITHMS)}, not {algorithm!r}")
    if extra_states < 0:
        raise ParameterError(f"extra_states must be at least 0, not {extra_states}")


def _run(algorithm: str, letters: list[str], box: BlackBox, search: Search) -> Any:
    """Return the conjecture that no difference was found to."""
    try:
        from aalpy.learning_algs import run_KV, run_Lstar
    except ImportError:
        raise ParameterError("learning needs aalpy: pip install streamssm[languages]") from None
    run = run_KV if algorithm == "kv" else run_Lstar
    return run(letters, box, search, box.kind, cache_and_non_det_check=False, print_level=0)


def _machine(hypothesis: Any, alphabet: Alphabet, kind: str, name: str) -> Automaton:
    states = list(hypothesis.states)
    places = {id(state): place for place, state in enumerate(states)}
    rows = [[places[id(state.transitions[letter])] for letter in alphabet] for state in states]
    initial = places[id(hypothesis.initial_state)]
    if kind == "dfa":
        accepting = [state.is_accepting for state in states]
        return Automaton.acceptor(name, alphabet.symbols, rows, accepting, initial=initial).minimal()
    given = [
        [state.output_fun[letter] for letter in alphabet] if kind == "mealy" else [state.output]
        for state in states
    ]
    numbers = {output: number for number, output in enumerate(dict.fromkeys(sum(given, [])))}
    table = np.array([[numbers[output] for output in row] for row in given], np.int32)
    return Automaton(
        name,
        alphabet.symbols,
        np.array(rows, np.int32),
        table if kind == "mealy" else table[:, 0],
        tuple(numbers),
        initial,
    ).minimal()
