"""The same regular expressions read by automata-lib, another implementation."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.regex.regex_to_automaton import machine_of_regex
from tests.random_machines import regexes
from tests.soak import examples

SYMBOLS = ("a", "b")


def peer(text: str) -> Automaton:
    """Return the library's minimal DFA of an expression as a machine."""
    dfa: Any = pytest.importorskip("automata.fa.dfa").DFA
    nfa: Any = pytest.importorskip("automata.fa.nfa").NFA
    reference = dfa.from_nfa(nfa.from_regex(text, input_symbols=set(SYMBOLS))).to_complete()
    states = list(reference.states)
    rows = [[states.index(reference.transitions[state][symbol]) for symbol in SYMBOLS] for state in states]
    accepting = [state in reference.final_states for state in states]
    start = states.index(reference.initial_state)
    return Automaton.acceptor("peer", SYMBOLS, rows, accepting, initial=start)


@settings(max_examples=examples(150), deadline=None)
@given(regexes())
def test_same_language(text: str) -> None:
    ours, theirs = machine_of_regex(text, SYMBOLS), peer(text)
    assert ours.difference(theirs) is None
    assert ours == theirs.minimal()
