"""Automata that read positions: letters are pairs of a symbol and its position modulo m."""

from __future__ import annotations

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.errors import ParameterError


def with_positions(machine: Automaton, modulus: int) -> Automaton:
    """Return the automaton over letters "symbol@r" with r the symbol's position modulo m, from 0.

    Its states are pairs of a state and the next position. A letter whose position differs from the state's
    never occurs there in a word; it leads where it leads from the least state of its own position, so that it
    acts as a reset on such states and adds no group.

    Law: on the letters of a word it gives the automaton's outputs on the word; with the m of
    `Properties.modulus` its monoid is aperiodic (THEORY B5)

    Raises
    ------
    ParameterError
        If ``modulus`` is less than 1.

    >>> from streamssm.automata.properties import properties_of
    >>> even = Automaton.acceptor("(aa)*", "a", [[1], [0]], [True, False])
    >>> positional = with_positions(even, 2)
    >>> positional.symbols, positional.accepts("a@0 a@1"), properties_of(positional).is_aperiodic
    (('a@0', 'a@1'), True, True)
    """
    if modulus < 1:
        raise ParameterError(f"a modulus must be at least 1, not {modulus}")
    states, symbols = machine.next_state.shape
    reached = _at_positions(machine, modulus)
    table = np.zeros((states, modulus, symbols, modulus), dtype=np.int64)
    for r in range(modulus):
        after = machine.next_state * modulus + (r + 1) % modulus
        table[:, :, :, r] = after[reached[r][0]][None, None]
        table[reached[r], r, :, r] = after[reached[r]]
    names = tuple(f"{name}@{r}" for name in machine.state_names for r in range(modulus))
    letters = tuple(f"{symbol}@{r}" for symbol in machine.symbols for r in range(modulus))
    output = np.repeat(machine.output, modulus, axis=0)
    if not machine.is_moore:
        output = np.repeat(output, modulus, axis=1)
    return Automaton(
        f"{machine.name}, with the position modulo {modulus}",
        letters,
        table.reshape(states * modulus, symbols * modulus).astype(np.int32),
        output,
        machine.outputs,
        machine.initial * modulus,
        names,
    )


def _at_positions(machine: Automaton, modulus: int) -> list[list[int]]:
    """Return for each r the states that words of length r modulo m lead to."""
    seen = [{machine.initial}, *(set[int]() for _ in range(modulus - 1))]
    queue = [(machine.initial, 0)]
    for state, r in queue:
        for target in machine.next_state[state].tolist():
            if target not in seen[(r + 1) % modulus]:
                seen[(r + 1) % modulus].add(target)
                queue.append((target, (r + 1) % modulus))
    return [sorted(states) for states in seen]
