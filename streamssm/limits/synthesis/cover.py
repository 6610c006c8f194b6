"""Demands met without a solver: every one-word machine is listed, and d of them must tell all pairs apart.

In a diagonal transition the words do not see each other, so a pair is told apart by d words exactly if one of
them does it alone. What is left is a set cover: choose d machines that cover all pairs.

Shapes: m machines, n words of the demands, q pairs; ``h`` (m, n) holds states, offset by the word's low end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import ParameterError
from streamssm.limits.synthesis.demands import Demands
from streamssm.limits.synthesis.setting import Setting, Weights
from streamssm.ssm.formats import Overflow

MAX_MACHINES = 4_000_000
CHUNK_CELLS = 1 << 24

Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class _Machine:
    """One word's weights: its low end, where it starts, an entry and an increment per symbol."""

    low: int
    initial: int
    steps: tuple[tuple[int, int], ...]


def cover(setting: Setting, num_symbols: int, demands: Demands) -> Weights | None:
    """Return weights that meet the demands, or None if none do.

    Raises
    ------
    ParameterError
        If more than `MAX_MACHINES` machines of one word would have to be listed.
    """
    table = _Maps(setting)
    count = prod((len(table.lows), setting.top + 1, table.most_choices(num_symbols)))
    if count > MAX_MACHINES:
        raise ParameterError(
            f"method 'enumerate' must list at most {MAX_MACHINES:,} words, not up to {count:,}; "
            "method 'solver' lists none"
        )
    rows, machines = _rows(table, num_symbols, demands)
    chosen = _choose(rows, setting.state_dim) if len(rows) else None
    return None if chosen is None else _weights([machines[row] for row in chosen], num_symbols)


class _Maps:
    """The different maps of one word by (entry, increment), each once; -1 is out of range."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.lows = setting.lows
        self.steps: dict[tuple[int, int], tuple[list[tuple[int, int]], NDArray[np.int32]]] = {}
        groups = [[a] for a in setting.entries] if setting.is_time_invariant else [list(setting.entries)]
        for low in self.lows:
            for group, entries in enumerate(groups):
                self.steps[low, group] = self._maps(low, entries)

    def _maps(self, low: int, entries: list[int]) -> tuple[list[tuple[int, int]], NDArray[np.int32]]:
        found: dict[tuple[int, ...], tuple[int, int]] = {}
        for a in entries:
            for b in self.setting.increments(a, low):
                found.setdefault(tuple(self._map(low, a, b)), (a, b))
        return list(found.values()), np.array(list(found), dtype=np.int32)

    def _map(self, low: int, a: int, b: int) -> Iterator[int]:
        """Yield where every value goes, as offsets from ``low``."""
        top = self.setting.top
        for value in range(low, low + top + 1):
            offset = (a * value >> self.setting.fraction_bits) + b - low
            if self.setting.overflow is Overflow.WRAP:
                yield offset & top
            elif self.setting.overflow is Overflow.SATURATE:
                yield min(max(offset, 0), top)
            else:
                yield offset if 0 <= offset <= top else -1

    def most_choices(self, num_symbols: int) -> int:
        return sum(len(steps) ** num_symbols for (low, _), (steps, _) in self.steps.items() if not low)


def _rows(table: _Maps, num_symbols: int, demands: Demands) -> tuple[Rows, list[_Machine]]:
    """Return which pairs each machine tells apart, (m, q), one machine per different row."""
    found: dict[bytes, _Machine] = {}
    chunk = max(1, CHUNK_CELLS // (len(demands.words) + len(demands.pairs)))
    number = {word: n for n, word in enumerate(demands.words)}
    ends = np.array([[number[one], number[other]] for one, other in demands.pairs], dtype=np.intp)
    for (low, _), (steps, maps) in table.steps.items():
        shape = (table.setting.top + 1, *[len(steps)] * num_symbols)
        for start in range(0, prod(shape), chunk):
            flat = np.arange(start, min(start + chunk, prod(shape)))
            initial, *chosen = np.unravel_index(flat, shape)
            h, inside = _states(maps, initial, chosen, demands, number)
            apart = h[:, ends[:, 0]] != h[:, ends[:, 1]] if len(ends) else np.ones((len(flat), 1), bool)
            _, firsts = np.unique(np.packbits(apart[inside], axis=1), axis=0, return_index=True)
            for row in np.flatnonzero(inside)[firsts]:
                machine = _Machine(
                    low, low + int(initial[row]), tuple(steps[int(symbol[row])] for symbol in chosen)
                )
                found.setdefault(apart[row].tobytes(), machine)
    rows = np.array([np.frombuffer(row, bool) for row in found], dtype=bool)
    return rows, list(found.values())


def _states(
    maps: NDArray[np.int32],
    initial: NDArray[np.intp],
    chosen: list[NDArray[np.intp]],
    demands: Demands,
    number: dict[tuple[int, ...], int],
) -> tuple[NDArray[np.int32], Rows]:
    """Return the state of every machine after every word, and whether all are in range."""
    h = np.empty((len(initial), len(demands.words)), dtype=np.int32)
    for n, word in enumerate(demands.words):
        h[:, n] = maps[chosen[word[-1]], h[:, number[word[:-1]]]] if word else initial
    # a word that left its range reads the map's last row; it is dropped by what it was before
    return h, (h >= 0).all(axis=1)


def _choose(rows: Rows, count: int) -> list[int] | None:
    """Return at most ``count`` rows that cover all columns; None if there are none."""
    rows, kept = _undominated(rows)
    found = _search(rows, np.zeros(rows.shape[1], bool), count)
    return None if found is None else [int(kept[row]) for row in _filled(found, count)]


def _filled(chosen: list[int], count: int) -> list[int]:
    return (chosen or [0]) + [chosen[0] if chosen else 0] * (count - max(1, len(chosen)))


def _undominated(rows: Rows) -> tuple[Rows, NDArray[np.intp]]:
    """Return the rows that are no part of another one, and where they were."""
    order = np.argsort(-rows.sum(axis=1), kind="stable")
    kept: list[int] = []
    best = np.zeros((0, rows.shape[1]), bool)
    for row in order:
        if len(best) and (best | ~rows[row]).all(axis=1).any():
            continue
        kept.append(int(row))
        best = rows[kept]
    return best, np.array(kept, dtype=np.intp)


def _search(rows: Rows, covered: Rows, count: int) -> list[int] | None:
    """Branch over the machines that cover the column which fewest cover."""
    if covered.all():
        return []
    if not count:
        return None
    left = ~covered
    gains = (rows & left).sum(axis=1)
    if gains.max(initial=0) * count < left.sum():
        return None
    columns = np.flatnonzero(left)
    column = columns[np.argmin(rows[:, columns].sum(axis=0))]
    candidates = np.flatnonzero(rows[:, column])
    for row in candidates[np.argsort(-gains[candidates], kind="stable")]:
        rest = _search(rows, covered | rows[row], count - 1)
        if rest is not None:
            return [int(row), *rest]
    return None


def _weights(machines: list[_Machine], num_symbols: int) -> Weights:
    symbols = range(num_symbols)
    return Weights(
        lows=tuple(machine.low for machine in machines),
        initial=tuple(machine.initial for machine in machines),
        entries=tuple(tuple(machine.steps[x][0] for machine in machines) for x in symbols),
        increments=tuple(tuple(machine.steps[x][1] for machine in machines) for x in symbols),
    )
