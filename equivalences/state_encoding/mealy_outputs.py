"""Mealy outputs: a state encoding extended by a variable for the output variant of the last step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.equivalences.state_encoding.encoding import EncodedVariable, StateEncoding


def with_variants(encoding: StateEncoding, split: Automaton) -> StateEncoding:
    """Return the encoding of a machine whose states are split by the output of the last step (`readable`).

    ``encoding`` is that of the machine before the split. Each step sets the variable "variant".
    """
    table, start = split.next_state.tolist(), (encoding.initial, split.initial)
    numbers, order, rows = {start: 0}, [start], list[list[int]]()
    for code, state in order:
        successors = list(zip(encoding.next_tuple[code].tolist(), table[state], strict=True))
        for successor in successors:
            if successor not in numbers:
                numbers[successor] = len(order)
                order.append(successor)
        rows.append([numbers[successor] for successor in successors])
    tuples, states = np.array(order).T
    origin = np.zeros(split.num_states, np.int64)
    origin[states] = encoding.state[tuples]
    firsts = {int(o): int(s) for s, o in reversed(list(enumerate(origin)))}
    variant = states - np.array([firsts[o] for o in origin[states].tolist()])
    size = int(variant.max()) + 1
    return replace(
        encoding,
        machine=split,
        variables=(*encoding.variables, *([EncodedVariable("variant", size)] if size > 1 else [])),
        values=np.column_stack([encoding.values[tuples], *([variant] if size > 1 else [])]),
        next_tuple=np.array(rows, np.int32),
        state=states.astype(np.int32),
        initial=0,
    )
