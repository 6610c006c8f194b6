"""Coordinates with the position: a word that counts positions modulo m by itself, and those of the machine
that is told the position with each symbol (THEORY B5)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from streamssm.automata.cascade import LevelKind
from streamssm.automata.machine import Automaton
from streamssm.equivalences.state_encoding.encoding import EncodedVariable, StateEncoding, reachable


def at_positions(machine: Automaton, told: StateEncoding, modulus: int) -> StateEncoding:
    """Return coordinates of a machine from those of the machine that is told positions (`with_positions`).

    States of the told machine are pairs of a state and the next position, its symbols pairs of a symbol and a
    position.
    """
    state, position = np.divmod(told.state.astype(np.int64), modulus)
    letters = np.arange(machine.num_symbols)[None, :] * modulus + position[:, None]
    found = replace(
        told,
        machine=machine,
        words=(EncodedVariable("position", modulus, LevelKind.CYCLIC), *told.words),
        values=np.column_stack([position, told.values]),
        next_tuple=np.take_along_axis(told.next_tuple, letters, axis=1),
        state=state.astype(np.int32),
    )
    return reachable(found)
