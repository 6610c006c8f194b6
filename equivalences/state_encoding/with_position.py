"""State encodings with an autonomous position counter modulo m (THEORY B5).

The other variables encode the machine that reads the position with each symbol.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.cascade import LevelKind
from streamssm.equivalences.state_encoding.encoding import EncodedVariable, StateEncoding, reachable


def at_positions(machine: Automaton, positioned: StateEncoding, modulus: int) -> StateEncoding:
    """Return an encoding of a machine from one of the machine that reads positions (`with_positions`).

    States of the latter are pairs of a state and the next position; symbols are pairs of a symbol and a
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
