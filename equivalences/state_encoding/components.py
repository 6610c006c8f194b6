"""Words for automata that move on from part to part: a bit for each part that was reached, and, between
these bits, words that tell the states of a part.

A part is a strongly connected component. In an order in which symbols only lead on, bit k says "part k or a
later one was reached", and is never taken back. Behind it stand the words of part k: while the stream is in
the part they are the coordinates of its own automaton (in which what leaves the part is lost); where it
enters the part, they are set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.machine import Automaton
from streamssm.automata.strong_components import components
from streamssm.equivalences.state_encoding.encoding import EncodedVariable, StateEncoding

Int64s = NDArray[np.int64]
Found = Callable[[Automaton], StateEncoding | None]

MOST_TUPLES = 1 << 14  # beyond that, words of parts that were left hold too much


@dataclass(frozen=True, eq=False)
class _Part:
    """The states of a component, their coordinates if there are several, and a tuple for each state."""

    states: tuple[int, ...]
    inner: StateEncoding | None
    tuples: dict[int, int]


def of_components(machine: Automaton, inner_of: Found) -> StateEncoding | None:
    """Return coordinates by components; None if there is one alone, or a part has no coordinates."""
    order = components([row.tolist() for row in machine.next_state])[::-1]
    if len(order) < 2:
        return None
    parts: list[_Part] = []
    for states in order:
        part = _part(machine, states, inner_of)
        if part is None:
            return None
        parts.append(part)
    return _joined(machine, parts)


def _part(machine: Automaton, states: list[int], inner_of: Found) -> _Part | None:
    if len(states) == 1:
        return _Part(tuple(states), None, {})
    inner = inner_of(_closed(machine, states))
    if inner is None:
        return None
    firsts = {states[place]: int(np.argmax(inner.state == place)) for place in range(len(states))}
    return _Part(tuple(states), inner, firsts)


def _closed(machine: Automaton, states: list[int]) -> Automaton:
    """Return a component as a machine of its own; steps that leave it lead to a state that is never left."""
    places = np.full(machine.num_states, len(states))
    places[states] = np.arange(len(states))
    outside = np.full((1, machine.num_symbols), len(states))
    return replace(
        machine,
        next_state=np.concatenate([places[machine.next_state[states]], outside]).astype(np.int32),
        output=np.zeros(len(states) + 1, np.int32),
        outputs=machine.outputs[:1],
        initial=0,
        state_names=(),
    )


def _joined(machine: Automaton, parts: list[_Part]) -> StateEncoding | None:
    """Return the tuples (part, inner tuple of each part) that are reachable, as words."""
    part_of = {state: k for k, part in enumerate(parts) for state in part.states}
    table = machine.next_state.tolist()
    inner = [part.inner.next_tuple.tolist() if part.inner is not None else None for part in parts]
    start = _entered(parts, part_of, machine.initial, tuple(0 for _ in parts))
    numbers, order, rows = {start: 0}, [start], list[list[int]]()
    for state, held in order:
        row: list[int] = []
        for symbol, after in enumerate(table[state]):
            moved = tuple(
                rows_of[at][symbol] if rows_of is not None and k <= part_of[state] else at
                for k, (rows_of, at) in enumerate(zip(inner, held, strict=True))
            )
            following = (after, moved)
            if part_of[after] != part_of[state]:
                following = _entered(parts, part_of, after, moved)
            if following not in numbers:
                numbers[following] = len(order)
                order.append(following)
            row.append(numbers[following])
        rows.append(row)
        if len(order) > MOST_TUPLES:
            return None
    return _worded(machine, parts, part_of, order, rows)


def _entered(
    parts: list[_Part], part_of: dict[int, int], state: int, held: tuple[int, ...]
) -> tuple[int, tuple[int, ...]]:
    """Return a state with the words of its part set to it."""
    place = part_of[state]
    number = parts[place].tuples.get(state, 0)
    return state, (*held[:place], number, *held[place + 1 :])


def _worded(
    machine: Automaton,
    parts: list[_Part],
    part_of: dict[int, int],
    order: list[tuple[int, tuple[int, ...]]],
    rows: list[list[int]],
) -> StateEncoding:
    reached = np.array([part_of[state] for state, _ in order])
    words: list[EncodedVariable] = []
    columns: list[Int64s] = []
    for k, part in enumerate(parts):
        if k:
            words.append(EncodedVariable(f"part {k + 1}", 2))
            columns.append((reached >= k).astype(np.int64))
        if part.inner is not None:
            held = np.array([inner[k] for _, inner in order])
            words += [replace(word, name=f"part {k + 1} {word.name}") for word in part.inner.words]
            columns += list(part.inner.values[held].T)
    return StateEncoding(
        machine,
        tuple(words),
        np.stack(columns, axis=1),
        np.array(rows, np.int32),
        np.array([state for state, _ in order], np.int32),
        0,
    )
