"""Coordinates with the position: a word that counts positions modulo m by itself, and those of the machine
that is told the position with each symbol (THEORY B5)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from streamssm.automata.cascade import LevelKind
from streamssm.automata.machine import Automaton
from streamssm.equivalences.state_encoding.encoding import EncodedVariable, StateEncoding, reachable


def at_positions(machine: Automaton, positioned: StateEncoding, modulus: int) -> StateEncoding:
    """Return coordinates of a machine from those of the machine that is told positions (`with_positions`).

    States of the told machine are pairs of a state and the next position, its symbols pairs of a symbol and a
    position.
    """
    state, position = np.divmod(positioned.state.astype(np.int64), modulus)
    symbols = np.arange(machine.num_symbols)[None, :] * modulus + position[:, None]
    encoding = replace(
        positioned,
        machine=machine,
        variables=(EncodedVariable("position", modulus, LevelKind.CYCLIC), *positioned.variables),
        values=np.column_stack([position, positioned.values]),
        next_tuple=np.take_along_axis(positioned.next_tuple, symbols, axis=1),
        state=state.astype(np.int32),
    )
    return reachable(encoding)
