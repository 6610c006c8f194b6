"""Words for automata whose states never come back: a bit for each stage that has been reached.

A machine is R-trivial exactly if its only cycles are of one state. Its states, in an order in which symbols
only lead on, are stages; bit i says "stage i or a later one was reached", and is never taken back.
"""

from __future__ import annotations

import numpy as np

from streamssm.automata.machine import Automaton, Int32s
from streamssm.equivalences.state_encoding.encoding import EncodedVariable, StateEncoding


def of_stages(machine: Automaton) -> StateEncoding | None:
    """Return the coordinates of a machine's stages; None if a state comes back. All states are reachable."""
    order = _order(machine.next_state, machine.initial)
    if order is None:
        return None
    rank = np.argsort(order)
    bits = rank[:, None] > np.arange(machine.num_states - 1)[None, :]
    return StateEncoding(
        machine,
        tuple(EncodedVariable(f"stage {stage + 1}", 2) for stage in range(machine.num_states - 1)),
        bits.astype(np.int64),
        machine.next_state,
        np.arange(machine.num_states, dtype=np.int32),
        machine.initial,
    )


def is_chain(machine: Automaton) -> bool:
    """Return whether no state comes back: the machine is R-trivial."""
    return _order(machine.next_state, machine.initial) is not None


def _order(next_state: Int32s, initial: int) -> list[int] | None:
    """Return the states in an order that symbols only lead on in (depth first, last left first)."""
    left: list[int] = []
    open_states: set[int] = set()
    seen = {initial}
    stack = [(initial, iter(next_state[initial].tolist()))]
    open_states.add(initial)
    while stack:
        state, rest = stack[-1]
        following = next((s for s in rest if s != state and (s in open_states or s not in seen)), None)
        if following is None:
            left.append(state)
            open_states.discard(state)
            stack.pop()
        elif following in open_states:
            return None
        else:
            seen.add(following)
            open_states.add(following)
            stack.append((following, iter(next_state[following].tolist())))
    return left[::-1]
