"""Nodes of partial functions: all inputs outside the listed rows are don't cares.

Shapes: R rows, S sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from streamssm.ir.builder import GraphBuilder

Int64s = NDArray[np.int64]

MOST_ENTRIES = (
    1 << 12
)  # of one table; beyond that a case split on the source with the most values comes first


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
    relevant = [column for column in range(len(sources)) if len(np.unique(rows[:, column])) > 1]
    sources, sizes, rows = [sources[p] for p in relevant], [sizes[p] for p in relevant], rows[:, relevant]
    if prod(sizes) <= MOST_ENTRIES:
        return _table(g, sources, sizes, rows, values)
    return _by_cases(g, sources, sizes, rows, values)


def _by_cases(
    g: GraphBuilder, sources: Sequence[int], sizes: Sequence[int], rows: Int64s, values: Int64s
) -> int:
    column = int(np.argmax(sizes))
    present = np.unique(rows[:, column]).tolist()
    cases: dict[int, list[int]] = {}
    for case in present:
        matching = rows[:, column] == case
        node = function(g, sources, sizes, rows[matching], values[matching])
        cases.setdefault(node, []).append(case)
    (result, _), *others = sorted(cases.items(), key=lambda item: -len(item[1]))
    for node, case_values in others:
        is_case = g.table(sources[column], [int(v in case_values) for v in range(sizes[column])])
        result = g.select(is_case, node, result)
    return result


def _table(
    g: GraphBuilder, sources: Sequence[int], sizes: Sequence[int], rows: Int64s, values: Int64s
) -> int:
    """Return a single lookup, indexed by classes of equivalent values of each source."""
    default = np.bincount(values - values.min()).argmax() + values.min()
    table = np.full(tuple(sizes), default, np.int64)
    table[tuple(rows.T)] = values
    index = g.const(0)
    for axis, source in enumerate(sources):
        representatives, classes = _classes(table, axis)
        table = np.take(table, representatives, axis=axis)
        index = g.add(g.mul(index, g.const(len(representatives))), _lookup(g, source, classes))
    return _lookup(g, index, table.ravel().tolist())


def _classes(table: Int64s, axis: int) -> tuple[list[int], list[int]]:
    """Return the first slice of each class of equal slices, and the class of every slice."""
    class_of: dict[bytes, int] = {}
    classes = [
        class_of.setdefault(np.ascontiguousarray(part).tobytes(), len(class_of))
        for part in np.moveaxis(table, axis, 0)
    ]
    return [classes.index(number) for number in range(len(class_of))], classes


def _lookup(g: GraphBuilder, index: int, values: Sequence[int]) -> int:
    if list(values) == list(range(len(values))):
        return index
    return g.table(index, values)
