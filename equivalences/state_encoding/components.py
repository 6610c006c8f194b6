"""State encodings by strongly connected components: a bit per part, and an encoding of the states inside it.

A part is a strongly connected component. In topological order, bit k is 1 if part k or a later one was
reached, and is never reset. It is followed by the variables of part k: while the run is in the part, they
encode the states of its own automaton (in which steps that leave the part lead to a sink); when the run
enters the part, they are set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.strong_components import components
from streamssm.equivalences.state_encoding.encoding import EncodedVariable, StateEncoding

Int64s = NDArray[np.int64]
EncodingOf = Callable[[Automaton], StateEncoding | None]

MOST_TUPLES = 1 << 14  # variables of parts that were left keep their values, which multiplies the tuples


@dataclass(frozen=True, eq=False)
class _Part:
    """The states of a component, their encoding if there are several, and a tuple for each state."""

    states: tuple[int, ...]
    inner: StateEncoding | None
    tuples: dict[int, int]


def of_components(machine: Automaton, inner_of: EncodingOf) -> StateEncoding | None:
    """Return the encoding by components; None if there is a single one, or a part has no encoding."""
    order = components([row.tolist() for row in machine.next_state])[::-1]
    if len(order) < 2:
        return None
    parts: list[_Part] = []
    for states in order:
        part = _part(machine, states, inner_of)
        if part is None:
            return None
        parts.append(part)
    return _product(machine, parts)


def _part(machine: Automaton, states: list[int], inner_of: EncodingOf) -> _Part | None:
    if len(states) == 1:
        return _Part(tuple(states), None, {})
    inner = inner_of(_closed(machine, states))
    if inner is None:
        return None
    first_codes = {states[index]: int(np.argmax(inner.state == index)) for index in range(len(states))}
    return _Part(tuple(states), inner, first_codes)


def _closed(machine: Automaton, states: list[int]) -> Automaton:
    """Return a component as a machine of its own; steps that leave it lead to a sink."""
    positions = np.full(machine.num_states, len(states))
    positions[states] = np.arange(len(states))
    outside = np.full((1, machine.num_symbols), len(states))
    return replace(
        machine,
        next_state=np.concatenate([positions[machine.next_state[states]], outside]).astype(np.int32),
        output=np.zeros(len(states) + 1, np.int32),
        outputs=machine.outputs[:1],
        initial=0,
        state_names=(),
    )


def _product(machine: Automaton, parts: list[_Part]) -> StateEncoding | None:
    """Return the encoding by the reachable tuples (part, inner tuple of each part); None if too many."""
    part_of = {state: k for k, part in enumerate(parts) for state in part.states}
    table = machine.next_state.tolist()
    inner = [part.inner.next_tuple.tolist() if part.inner is not None else None for part in parts]
    start = _enter(parts, part_of, machine.initial, tuple(0 for _ in parts))
    numbers, order, rows = {start: 0}, [start], list[list[int]]()
    for state, inner_codes in order:
        row: list[int] = []
        for symbol, after in enumerate(table[state]):
            next_codes = tuple(
                inner_rows[code][symbol] if inner_rows is not None and k <= part_of[state] else code
                for k, (inner_rows, code) in enumerate(zip(inner, inner_codes, strict=True))
            )
            following = (after, next_codes)
            if part_of[after] != part_of[state]:
                following = _enter(parts, part_of, after, next_codes)
            if following not in numbers:
                numbers[following] = len(order)
                order.append(following)
            row.append(numbers[following])
        rows.append(row)
        if len(order) > MOST_TUPLES:
            return None
    return _assembled(machine, parts, part_of, order, rows)


def _enter(
    parts: list[_Part], part_of: dict[int, int], state: int, inner_codes: tuple[int, ...]
) -> tuple[int, tuple[int, ...]]:
    """Return a state with the variables of its part set to encode it."""
    index = part_of[state]
    code = parts[index].tuples.get(state, 0)
    return state, (*inner_codes[:index], code, *inner_codes[index + 1 :])


def _assembled(
    machine: Automaton,
    parts: list[_Part],
    part_of: dict[int, int],
    order: list[tuple[int, tuple[int, ...]]],
    rows: list[list[int]],
) -> StateEncoding:
    reached = np.array([part_of[state] for state, _ in order])
    variables: list[EncodedVariable] = []
    columns: list[Int64s] = []
    for k, part in enumerate(parts):
        if k:
            variables.append(EncodedVariable(f"part {k + 1}", 2))
            columns.append((reached >= k).astype(np.int64))
        if part.inner is not None:
            inner_codes = np.array([inner[k] for _, inner in order])
            variables += [
                replace(variable, name=f"part {k + 1} {variable.name}") for variable in part.inner.variables
            ]
            columns += list(part.inner.values[inner_codes].T)
    return StateEncoding(
        machine,
        tuple(variables),
        np.stack(columns, axis=1),
        np.array(rows, np.int32),
        np.array([state for state, _ in order], np.int32),
        0,
    )
