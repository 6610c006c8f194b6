"""State encodings by counters: labels of states that every symbol shifts by its own amount, or sets.

Let f label every live state (one that some symbol leaves) by an integer. A symbol *shifts* if f(after) =
f(before) + b, with one b for all live states, and *sets* if f(after) = c. The labelings are the solutions of
a linear system: along a spanning tree of transitions from the initial state, f is a sum of unknowns b and c;
every other transition is an equation in these. The diagonal form of the system (as in the Smith normal form)
gives a counter for each free unknown, and a counter modulo d for each diagonal entry d > 1. A counter of the
symbols read is tried as well.

If the counters jointly separate all live states, they are the encoding; a last pair of variables encodes
whether a sink was entered, and which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from math import gcd

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.cascade import LevelKind
from streamssm.equivalences.state_encoding.encoding import EncodedVariable, StateEncoding

Int64s = NDArray[np.int64]
Integers = NDArray[np.object_]  # Python's, of any size

FEW_SYMBOLS = 6  # all subsets of up to 6 symbols are tried as setters, 2^6 linear systems at most


@dataclass(frozen=True, eq=False)
class Counter:
    """A label for each live state, and the amount that each symbol adds to it or sets it to.

    ``modulus`` is 0 for an unbounded counter. ``labels`` (S,), 0 for states that are not live; ``amounts``
    (A,); ``sets`` (A,).
    """

    labels: Int64s
    amounts: Int64s
    sets: NDArray[np.bool_]
    modulus: int

    def next(self, label: int, symbol: int, lo: int, hi: int) -> int:
        """Return the counter's next value, modulo ``modulus`` or saturated to [lo, hi]."""
        raw = int(self.amounts[symbol]) + (0 if self.sets[symbol] else label)
        return raw % self.modulus if self.modulus else min(max(raw, lo), hi)


def of_counters(machine: Automaton, *, modular: bool) -> Iterator[StateEncoding]:
    """Yield encodings by counters, including modular ones if ``modular``."""
    live = live_of(machine)
    counters = [c for c in counters_of(machine, live) if modular or not c.modulus]
    chosen = _separating(counters, live)
    if chosen is None:
        return
    for margins in product(*([(False, True)] * 2)):
        encoding = _encoding(machine, live, chosen, margins)
        if encoding is not None:
            yield encoding


def live_of(machine: Automaton) -> NDArray[np.bool_]:
    """Return the mask of the states that some symbol leaves."""
    stays = machine.next_state == np.arange(machine.num_states)[:, None]
    return np.asarray(~stays.all(axis=1))


def counters_of(machine: Automaton, live: NDArray[np.bool_]) -> list[Counter]:
    """Return the counters that are not constant, in order of their number of values."""
    counters: list[Counter] = []
    if not live[machine.initial]:
        return counters
    for sets in _setters(machine, live):
        for loops in (True, False):
            counters += _solutions(machine, live, sets, loops)
    return sorted(counters, key=lambda c: (_span(c, live), c.modulus))


def _span(counter: Counter, live: NDArray[np.bool_]) -> int:
    labels = counter.labels[live]
    return counter.modulus or int(labels.max() - labels.min()) + 1


def _setters(machine: Automaton, live: NDArray[np.bool_]) -> Iterator[NDArray[np.bool_]]:
    """Yield sets of symbols that may set.

    A symbol that leads to all live states cannot, since all labels would be equal.
    """
    count = machine.num_symbols
    candidates = [a for a in range(count) if _misses(machine, live, a)]
    joining = [a for a in range(count) if _joins(machine, live, a)]
    if len(candidates) <= FEW_SYMBOLS:
        subsets: Iterable[tuple[int, ...]] = (
            s for n in range(len(candidates) + 1) for s in combinations(candidates, n)
        )
    else:
        subsets = dict.fromkeys([(), tuple(joining), *((a,) for a in candidates)])
    for subset in subsets:
        yield np.isin(np.arange(count), subset)


def _misses(machine: Automaton, live: NDArray[np.bool_], symbol: int) -> bool:
    """Return whether a symbol misses a live state, or leads from a live state to a sink."""
    return (
        len(np.unique(machine.next_state[live, symbol])) < live.sum()
        or not live[machine.next_state[live, symbol]].all()
    )


def _joins(machine: Automaton, live: NDArray[np.bool_], symbol: int) -> bool:
    targets = machine.next_state[live, symbol]
    targets = targets[live[targets]]
    return len(np.unique(targets)) < len(targets)


def _solutions(
    machine: Automaton, live: NDArray[np.bool_], sets: NDArray[np.bool_], loops: bool
) -> Iterator[Counter]:
    """Yield the counters with the given setters.

    Without ``loops``, self-loops are no equations: the counter may saturate there.
    """
    sums, equations = _equations(machine, live, sets, loops)
    diagonal, basis = diagonal_form(row_lattice(equations), machine.num_symbols)
    solutions = [(basis[:, k], diagonal[k] if k < len(diagonal) else 0) for k in range(machine.num_symbols)]
    positions = np.ones(machine.num_symbols, np.int64)
    solutions.append((positions, gcd(*(sum(equation) for equation in equations))))
    for amounts, modulus in solutions:
        labels = sums @ amounts
        if modulus:
            amounts, labels = amounts % modulus, labels % modulus
        if modulus != 1 and len(np.unique(labels[live])) > 1:
            yield Counter(np.where(live, labels, 0), amounts, sets, modulus)


def _equations(
    machine: Automaton, live: NDArray[np.bool_], sets: NDArray[np.bool_], loops: bool
) -> tuple[Int64s, list[list[int]]]:
    """Return every state's label as a sum of the symbols' amounts, and the sums that must be 0."""
    count, table = machine.num_symbols, machine.next_state.tolist()
    one = np.eye(count, dtype=np.int64)
    sums = np.zeros((machine.num_states, count), np.int64)
    seen, order, equations = {machine.initial}, [machine.initial], set[tuple[int, ...]]()
    for state in order:
        for symbol, after in enumerate(table[state]):
            if not live[after] or (after == state and not sets[symbol] and not loops):
                continue
            value = one[symbol] if sets[symbol] else sums[state] + one[symbol]
            if after not in seen:
                seen.add(after)
                order.append(after)
                sums[after] = value
            else:
                equations.add(tuple((value - sums[after]).tolist()))
    used = [symbol for symbol in range(count) if live[machine.next_state[live, symbol]].any()]
    idle = [symbol for symbol in range(count) if symbol not in used]
    equations |= {tuple(one[symbol].tolist()) for symbol in idle}
    return sums, [list(row) for row in sorted(equations) if any(row)]


def row_lattice(rows: list[list[int]]) -> list[list[int]]:
    """Return a basis, in echelon form, of the lattice that integer rows span (Hermite style).

    >>> row_lattice([[2, 4], [4, 6], [6, 10]])
    [[2, 4], [0, -2]]
    """
    pivots: dict[int, Integers] = {}
    for given in rows:
        row: Integers = np.array(given, dtype=object)
        while (nonzero := np.flatnonzero(row)).size:
            column = int(nonzero[0])
            pivot = pivots.get(column)
            if pivot is None:
                pivots[column] = row
                break
            row = row - (row[column] // pivot[column]) * pivot
            if row[column]:  # Euclid's algorithm, on whole rows
                pivots[column], row = row, pivot
    return [pivots[column].tolist() for column in sorted(pivots)]


def diagonal_form(rows: list[list[int]], width: int) -> tuple[list[int], Int64s]:
    """Diagonalize an integer matrix by row and column operations; return diagonal and column transform.

    Law: rows @ basis[:, i] is 0 modulo diagonal[i], and 0 for i beyond the diagonal.

    >>> diagonal_form([[2, 2], [0, 4]], 2)[0]
    [2, 4]
    """
    left = [list(row) for row in rows]
    basis = [[int(i == j) for j in range(width)] for i in range(width)]
    diagonal: list[int] = []
    while left and any(any(row[len(diagonal) :]) for row in left):
        pivot_index = len(diagonal)
        _, row, column = min(
            (abs(entry), i, j)
            for i, entries in enumerate(left)
            for j, entry in enumerate(entries)
            if j >= pivot_index and entry
        )
        _swap_columns([*left, *basis], pivot_index, column)
        left[0], left[row] = left[row], left[0]
        if _eliminated(left, basis, pivot_index):
            diagonal.append(abs(left[0][pivot_index]))
            left = [entries for entries in left[1:] if any(entries)]
    return diagonal, np.array(basis, np.int64)


def _swap_columns(matrix: list[list[int]], one: int, other: int) -> None:
    for row in matrix:
        row[one], row[other] = row[other], row[one]


def _eliminated(left: list[list[int]], basis: list[list[int]], pivot_index: int) -> bool:
    """Eliminate by the pivot's row and column; return whether both are zero except for the pivot."""
    pivot = left[0][pivot_index]
    for row in left[1:]:
        factor = row[pivot_index] // pivot
        for j, entry in enumerate(left[0]):
            row[j] -= factor * entry
    for column in range(pivot_index + 1, len(basis)):
        factor = left[0][column] // pivot
        if factor:
            for row in (*left, *basis):
                row[column] -= factor * row[pivot_index]
    return not any(row[pivot_index] for row in left[1:]) and not any(left[0][pivot_index + 1 :])


# encodings


def _separating(counters: list[Counter], live: NDArray[np.bool_]) -> list[Counter] | None:
    """Return few counters that jointly separate all live states; None if all of them do not."""
    states = int(live.sum())
    for counter in counters:
        if len(np.unique(counter.labels[live])) == states:
            return [counter]
    chosen: list[Counter] = []
    classes = np.zeros(states, np.int64)
    for counter in counters:
        joint = np.unique(np.column_stack([classes, counter.labels[live]]), axis=0, return_inverse=True)[1]
        if joint.max() > classes.max():
            chosen, classes = [*chosen, counter], joint.ravel()
    return chosen if chosen and classes.max() + 1 == states else None


def _encoding(
    machine: Automaton, live: NDArray[np.bool_], counters: list[Counter], margins: tuple[bool, ...]
) -> StateEncoding | None:
    """Return the encoding by counters; None if saturation changes the label of a live state.

    ``margins`` extend a counter's range below and above the labels of live states, as far as one step leads.
    """
    bounds = [_bounds(machine, live, counter, margins) for counter in counters]
    sinks = np.flatnonzero(~live).tolist()
    start = (*(int(c.labels[machine.initial]) for c in counters), machine.initial)
    numbers, order, table = {start: 0}, [start], list[list[int]]()
    for *labels, state in order:
        row: list[int] = []
        for symbol, after in enumerate(machine.next_state[state].tolist()):
            next_labels = [
                counter.next(label, symbol, *interval)
                for counter, label, interval in zip(counters, labels, bounds, strict=True)
            ]
            if live[after] and any(
                int(c.labels[after]) != m for c, m in zip(counters, next_labels, strict=True)
            ):
                return None
            following = (*next_labels, after)
            if following not in numbers:
                numbers[following] = len(order)
                order.append(following)
            row.append(numbers[following])
        table.append(row)
    states = np.array([key[-1] for key in order], np.int32)
    entered = np.array([sinks.index(s) + 1 if s in sinks else 0 for s in states.tolist()], np.int64)
    values = [np.array([key[k] for key in order]) - bounds[k][0] for k in range(len(counters))]
    variables = [
        EncodedVariable(
            f"counter {k + 1}",
            interval[1] - interval[0] + 1,
            LevelKind.CYCLIC if c.modulus else LevelKind.RESET,
            not c.modulus,
        )
        for k, (c, interval) in enumerate(zip(counters, bounds, strict=True))
    ]
    if sinks:
        variables, values = [*variables, EncodedVariable("ended", 2)], [*values, np.minimum(entered, 1)]
    if len(sinks) > 1:
        variables, values = (
            [*variables, EncodedVariable("end", len(sinks))],
            [*values, np.maximum(entered - 1, 0)],
        )
    return StateEncoding(
        machine, tuple(variables), np.stack(values, axis=1), np.array(table, np.int32), states, 0
    )


def _bounds(
    machine: Automaton, live: NDArray[np.bool_], counter: Counter, margins: tuple[bool, ...]
) -> tuple[int, int]:
    if counter.modulus:
        return 0, counter.modulus - 1
    labels = counter.labels[live]
    after = np.where(counter.sets, counter.amounts, labels[:, None] + counter.amounts)
    below, above = margins
    lo = min(int(labels.min()), int(after.min())) if below else int(labels.min())
    hi = max(int(labels.max()), int(after.max())) if above else int(labels.max())
    return lo, hi
