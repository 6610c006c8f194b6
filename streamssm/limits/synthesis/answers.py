"""The answers of a machine after each step; a word is a tuple of symbol numbers."""

from __future__ import annotations

from streamssm.automata.automaton_class import Automaton, Int32s

Stream = tuple[int, ...]


def answers_of(machine: Automaton) -> Int32s:
    """Return the output number of the machine's program after every step, shape (states, symbols).

    Outputs of transitions are numbered from 1, because 0 means that there was no transition yet.

    >>> even = Automaton.acceptor("even", "ab", [[1, 0], [0, 1]], [True, False])
    >>> answers_of(even).tolist()
    [[0, 1], [1, 0]]
    """
    answers: Int32s = machine.output[machine.next_state] if machine.is_moore else machine.output + 1
    return answers


def answer_after(machine: Automaton, word: Stream) -> int:
    """Return the number of the output after a nonempty word."""
    *before, last = word
    state = machine.initial
    for x in before:
        state = int(machine.next_state[state, x])
    return int(answers_of(machine)[state, last])
