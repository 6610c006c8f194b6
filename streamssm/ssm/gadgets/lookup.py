"""Lookup tables of constants, as the piecewise linear function through their points.

    table(x,T) = T[lo] + (T[lo+1]-T[lo]) (x-lo) + sum_c (T[c+1] - 2 T[c] + T[c-1]) relu(x-c)

This is ``T[lo] + sum_c (T[c]-T[c-1]) ge(x,c)`` with the ReLUs of neighboring ``ge`` shared: one per kink.
"""

from __future__ import annotations

from collections.abc import Sequence

from streamssm.errors import ParameterError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range
from streamssm.ssm.gadgets.kind import GadgetKind, NetworkSketch, Params, Ranges, Weights, require_shape


def _table_template(params: Params, ranges: Ranges) -> Weights:
    require_shape(params[:1], ranges, 1, 1)
    first, values = params[0], params[1:]
    if not values or not Range(first, first + len(values) - 1).covers(ranges[0]):
        raise ParameterError(f"a table's index must be one of its {len(values)} entries, not in {ranges[0]}")
    sketch = NetworkSketch(ranges)
    slope = values[1] - values[0] if len(values) > 1 else 0
    sketch.add(values[0] - slope * first, [(slope, 0)])
    for position in range(1, len(values) - 1):
        slope_change = values[position + 1] - 2 * values[position] + values[position - 1]
        if slope_change:
            sketch.relu(slope_change, -(first + position), [(1, 0)])
    return sketch.weights()


def _table_meaning(g: GraphBuilder, params: Params, args: Sequence[int]) -> int:
    return g.table(args[0], params[1:], params[0])


TABLE = GadgetKind("table", _table_template, _table_meaning)
