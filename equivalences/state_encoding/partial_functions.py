"""Nodes for functions that are known on some rows alone; elsewhere they may be anything.

Shapes: R rows, S sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from streamssm.ir.builder import GraphBuilder

Int64s = NDArray[np.int64]

MOST_ENTRIES = 1 << 12  # of one table; beyond that the source of most values is taken apart by comparisons


def function(
    g: GraphBuilder, sources: Sequence[int], sizes: Sequence[int], rows: Int64s, values: Int64s
) -> int:
    """Return a node that is ``values[r]`` where the sources are ``rows[r]``.

    Parameters
    ----------
    sources : nodes in [0, size)
    rows : shape (R, S), different rows
    """
    if len(values) == 0 or (values == values[0]).all():
        return g.const(int(values[0]) if len(values) else 0)
    kept = [place for place in range(len(sources)) if len(np.unique(rows[:, place])) > 1]
    sources, sizes, rows = [sources[p] for p in kept], [sizes[p] for p in kept], rows[:, kept]
    if prod(sizes) <= MOST_ENTRIES:
        return _table(g, sources, sizes, rows, values)
    return _by_cases(g, sources, sizes, rows, values)


def _by_cases(
    g: GraphBuilder, sources: Sequence[int], sizes: Sequence[int], rows: Int64s, values: Int64s
) -> int:
    place = int(np.argmax(sizes))
    present = np.unique(rows[:, place]).tolist()
    cases: dict[int, list[int]] = {}
    for case in present:
        here = rows[:, place] == case
        node = function(g, sources, sizes, rows[here], values[here])
        cases.setdefault(node, []).append(case)
    (found, _), *others = sorted(cases.items(), key=lambda item: -len(item[1]))
    for node, those in others:
        chosen = g.table(sources[place], [int(v in those) for v in range(sizes[place])])
        found = g.select(chosen, node, found)
    return found


def _table(
    g: GraphBuilder, sources: Sequence[int], sizes: Sequence[int], rows: Int64s, values: Int64s
) -> int:
    """Return one lookup at the sources' classes, values of a source that make no difference being one
    class."""
    usual = np.bincount(values - values.min()).argmax() + values.min()
    table = np.full(tuple(sizes), usual, np.int64)
    table[tuple(rows.T)] = values
    index = g.const(0)
    for axis, source in enumerate(sources):
        kinds, classes = _classes(table, axis)
        table = np.take(table, kinds, axis=axis)
        index = g.add(g.mul(index, g.const(len(kinds))), _looked_up(g, source, classes))
    return _looked_up(g, index, table.ravel().tolist())


def _classes(table: Int64s, axis: int) -> tuple[list[int], list[int]]:
    """Return the first slice of each class of equal ones, and the class of every slice."""
    found: dict[bytes, int] = {}
    classes = [
        found.setdefault(np.ascontiguousarray(part).tobytes(), len(found))
        for part in np.moveaxis(table, axis, 0)
    ]
    return [classes.index(number) for number in range(len(found))], classes


def _looked_up(g: GraphBuilder, index: int, values: Sequence[int]) -> int:
    if list(values) == list(range(len(values))):
        return index
    return g.table(index, values)
