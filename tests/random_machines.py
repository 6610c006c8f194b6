"""Random machines over named symbols and random regular expressions, some with names that need care."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import strategies as st

from streamssm.automata.automaton_class import Automaton

ALPHABETS = (
    ("a", "b"),
    ("a",),
    ("a", "-", "^", "]"),
    ("<", ">", "|", "\\"),
    ("(", ")", " "),
    ("SYN", "A>\\", "x"),
    ("a b", "c", '"'),
    ("\u00e9", "\u4e16", "\U0001f600"),
    ("a/b", "c / d", "e"),
)
OUTPUTS = ("ok", "x / y", "A|B", '"', "b\\n", "-", "0")


def random_machine(random: Random, kind: str, max_states: int = 6) -> Automaton:
    """Return a "dfa", a "moore" or a "mealy" machine."""
    symbols = random.choice(ALPHABETS)
    states = random.randint(1, max_states)
    rows = [[random.randrange(states) for _ in symbols] for _ in range(states)]
    initial = random.randrange(states)
    names = [f"q{state}" for state in range(states)]
    random.shuffle(names)
    if kind == "dfa":
        accepting = [random.random() < 0.5 for _ in range(states)]
        return Automaton.acceptor(kind, symbols, rows, accepting, initial=initial, state_names=names)
    outputs = tuple(random.sample(OUTPUTS, random.randint(1, 3)))
    shape = (states,) if kind == "moore" else (states, len(symbols))
    flat = [random.randrange(len(outputs)) for _ in range(int(np.prod(shape)))]
    output = np.array(flat, np.int32).reshape(shape)
    return Automaton(kind, symbols, np.array(rows, np.int32), output, outputs, initial, tuple(names))


def machines(kind: str) -> st.SearchStrategy[Automaton]:
    """Return machines of a kind; they shrink."""
    return st.randoms(use_true_random=False).map(lambda random: random_machine(random, kind))


def regexes(symbols: str = "ab") -> st.SearchStrategy[str]:
    """Return regular expressions in the syntax that automata-lib reads too, every operand in parentheses."""
    atoms = st.sampled_from([*symbols, "()"])

    def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,}", "{0,2}"])).map("(%s)%s".__mod__),
            st.tuples(inner, st.sampled_from(["", "|", "&"]), inner).map("(%s)%s(%s)".__mod__),
        )

    return st.recursive(atoms, grow, max_leaves=6)
