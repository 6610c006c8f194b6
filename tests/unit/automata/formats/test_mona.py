"""Text of mona -w: read on every short word, and refused by name."""

from __future__ import annotations

from itertools import product

import pytest

from streamssm.errors import FormatError
from streamssm.languages.language import Language

TEXT = """DFA for formula with free variables: P Q 
Initial state: 0
Accepting states: 2 
Rejecting states: 0 1 

Automaton has 3 states and 4 BDD-nodes
Transitions:
State 0: 0X -> state 0
State 0: 1X -> state 1
State 1: 00 -> state 0
State 1: 10 -> state 1
State 1: X1 -> state 2
State 2: XX -> state 2
"""


def test_every_short_word() -> None:
    language = Language.from_mona(TEXT)
    assert language.symbols == ("~P&~Q", "~P&Q", "P&~Q", "P&Q")
    for length in range(6):
        for word in product(range(4), repeat=length):
            expected = any(x >> 1 and y & 1 for x, y in zip(word, word[1:], strict=False))
            assert language.accepts([language.symbols[number] for number in word]) == expected


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("State 1: X1", "State 1: XX", "state 1 has two edges for ~P&~Q"),
        ("State 2: XX", "State 2: 0X", "not complete: state 2 has no line for P&~Q"),
        ("State 2: XX", "State 2: X", "of 3 states and 2 bits"),
        ("-> state 2\n", "-> state 9\n", "of 3 states and 2 bits"),
        ("Rejecting states: 0 1", "Rejecting states: 0", "accepting or rejecting once"),
        ("Rejecting", "Don't-care states: 3\nRejecting", "don't-care states"),
        ("\nAutomaton", "\nGTA for formula\n", "tree automata"),
        ("Initial state: 0\n", "", "line Initial state"),
        ("Initial state: 0\n", "Initial state: 0\nInitial state: 0\n", "several automata"),
    ],
)
def test_refused_by_name(old: str, new: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(FormatError, match=message):
        Language.from_mona(TEXT.replace(old, new, 1))
