"""Twin of ``streamssm.cext.automaton``: partition refinement, merging and table runs, a state at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Int32s = npt.NDArray[np.int32]
Symbols = npt.NDArray[np.integer[Any]]


def reachable(next_state: Int32s, initial: int) -> Int32s:
    """Return the states that the initial one reaches, breadth first; see the kernel."""
    rows, order, known = next_state.tolist(), [initial], {initial}
    for state in order:  # grows while it is traversed
        for target in rows[state]:
            if target not in known:
                known.add(target)
                order.append(target)
    return np.array(order, dtype=np.int32)


def minimize(next_state: Int32s, output: Int32s, initial: int) -> tuple[Int32s, Int32s]:
    """Return which states behave alike, by rounds of splitting all blocks at once; see the kernel."""
    order, rows, outputs = reachable(next_state, initial).tolist(), next_state.tolist(), output.tolist()
    block = _numbered(order, {state: outputs[state] for state in order})
    while True:
        signatures = {state: (block[state], [block[target] for target in rows[state]]) for state in order}
        split = _numbered(order, signatures)
        if split == block:
            break
        block = split
    firsts = {block[state]: state for state in reversed(order)}
    block_of = [block.get(state, -1) for state in range(len(rows))]
    representatives = [firsts[number] for number in range(len(firsts))]
    return np.array(block_of, dtype=np.int32), np.array(representatives, dtype=np.int32)


def _numbered(order: Sequence[int], keys: Mapping[int, object]) -> dict[int, int]:
    """Number the states' keys in the order in which they are met."""
    numbers: dict[str, int] = {}
    return {state: numbers.setdefault(repr(keys[state]), len(numbers)) for state in order}


def distinguish(
    next_state_a: Int32s,
    output_a: Int32s,
    initial_a: int,
    next_state_b: Int32s,
    output_b: Int32s,
    initial_b: int,
) -> Int32s | None:
    """Return a shortest word on which two states give different outputs; see the kernel."""
    shift, by_state = len(next_state_a), output_a.ndim == 1
    outputs = [np.atleast_1d(row).tolist() for table in (output_a, output_b) for row in table]
    rows = [*next_state_a.tolist(), *(next_state_b + shift).tolist()]
    merged = [{node} for node in range(len(rows))]
    pairs: list[tuple[int, int, list[int]]] = [(initial_a, shift + initial_b, [])]
    _merge(merged, *pairs[0][:2])
    for p, q, word in pairs:  # grows as pairs are met
        for symbol_index, (x, y) in enumerate(zip(outputs[p], outputs[q], strict=True)):
            if x != y:
                return np.array(word if by_state else [*word, symbol_index], dtype=np.int32)
        for symbol, (x, y) in enumerate(zip(rows[p], rows[q], strict=True)):
            if _merge(merged, x, y):
                pairs.append((x, y, [*word, symbol]))
    return None


def _merge(sets: list[set[int]], x: int, y: int) -> bool:
    """Merge the sets of two nodes; return whether they were distinct."""
    if sets[x] is sets[y]:
        return False
    union = sets[x] | sets[y]
    for node in union:
        sets[node] = union
    return True


def run(
    next_state: Int32s, output: Int32s | None, symbols: Symbols, initial: int
) -> tuple[Int32s, Int32s | None]:
    """Return the state, and the output, after every symbol of a stream; see the kernel."""
    states, outputs, state = [], [], initial
    for symbol in symbols.tolist():
        before, state = state, int(next_state[state, symbol])
        states.append(state)
        if output is not None:
            outputs.append(int(output[state] if output.ndim == 1 else output[before, symbol]))
    return np.array(states, dtype=np.int32), None if output is None else np.array(outputs, dtype=np.int32)


def run_lanes(
    next_state: Int32s, output: Int32s | None, symbols: Symbols, initial: Int32s
) -> tuple[Int32s, Int32s | None]:
    """Return the states, and the outputs, of many streams, time first; see the kernel."""
    runs = [run(next_state, output, symbols[:, lane], int(initial[lane])) for lane in range(symbols.shape[1])]
    states = [lane_states for lane_states, _ in runs]
    outputs = [lane_outputs for _, lane_outputs in runs if lane_outputs is not None]
    return _lanes(states, symbols.shape), None if output is None else _lanes(outputs, symbols.shape)


def _lanes(columns: Sequence[Int32s], shape: tuple[int, ...]) -> Int32s:
    table = np.empty(shape, dtype=np.int32)
    for lane, column in enumerate(columns):
        table[:, lane] = column
    return table
