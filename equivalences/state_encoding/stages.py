"""State encodings of R-trivial automata: a bit for each stage that has been reached.

A machine is R-trivial if and only if its only cycles are self-loops. Its states in topological order are
stages; bit i is 1 if stage i or a later one was reached, and is never reset.
"""

from __future__ import annotations

import numpy as np

from streamssm.automata.automaton_class import Automaton, Int32s
from streamssm.equivalences.state_encoding.encoding import EncodedVariable, StateEncoding


def of_stages(machine: Automaton) -> StateEncoding | None:
    """Return the encoding by stages; None unless the machine is R-trivial. All states must be reachable."""
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
    """Return whether the machine is R-trivial: no state that was left is entered again."""
    return _order(machine.next_state, machine.initial) is not None


def _order(next_state: Int32s, initial: int) -> list[int] | None:
    """Return the states in topological order (reverse depth-first postorder); None if there is a cycle."""
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
