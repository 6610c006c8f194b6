"""What a machine answers after each step; words are numbers of symbols."""

from __future__ import annotations

from streamssm.automata.machine import Automaton, Int32s

Stream = tuple[int, ...]


def answers_of(machine: Automaton) -> Int32s:
    """Return the number that the machine's program gives after every step, shape (states, symbols).

    Outputs of transitions are numbered from 1: 0 says that there was none yet.

    >>> even = Automaton.acceptor("even", "ab", [[1, 0], [0, 1]], [True, False])
    >>> answers_of(even).tolist()
    [[0, 1], [1, 0]]
    """
    found: Int32s = machine.output[machine.next_state] if machine.is_moore else machine.output + 1
    return found


def answer_after(machine: Automaton, word: Stream) -> int:
    """Return the number of the output after a word that is not empty."""
    *before, last = word
    state = machine.initial
    for x in before:
        state = int(machine.next_state[state, x])
    return int(answers_of(machine)[state, last])
