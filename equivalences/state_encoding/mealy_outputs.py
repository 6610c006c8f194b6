"""A machine with outputs of transitions: coordinates of its states, and a word for what else the last step
told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from streamssm.automata.machine import Automaton
from streamssm.equivalences.state_encoding.encoding import EncodedVariable, StateEncoding


def with_variants(coordinates: StateEncoding, split: Automaton) -> StateEncoding:
    """Return coordinates of a machine whose states are split by what the last step told (`readable`).

    ``coordinates`` are those of the machine before. A step sets the word "variant", by the state before.
    """
    table, start = split.next_state.tolist(), (coordinates.initial, split.initial)
    numbers, order, rows = {start: 0}, [start], list[list[int]]()
    for number, state in order:
        following = list(zip(coordinates.next_tuple[number].tolist(), table[state], strict=True))
        for pair in following:
            if pair not in numbers:
                numbers[pair] = len(order)
                order.append(pair)
        rows.append([numbers[pair] for pair in following])
    tuples, states = np.array(order).T
    origin = np.zeros(split.num_states, np.int64)
    origin[states] = coordinates.state[tuples]
    firsts = {int(o): int(s) for s, o in reversed(list(enumerate(origin)))}
    variant = states - np.array([firsts[o] for o in origin[states].tolist()])
    size = int(variant.max()) + 1
    return replace(
        coordinates,
        machine=split,
        words=(*coordinates.words, *([EncodedVariable("variant", size)] if size > 1 else [])),
        values=np.column_stack([coordinates.values[tuples], *([variant] if size > 1 else [])]),
        next_tuple=np.array(rows, np.int32),
        state=states.astype(np.int32),
        initial=0,
    )
