"""Gadgets that choose one of two words; constants are parameters, never inputs.

max(x,y) = y + relu(x-y)                  min(x,y) = y - relu(y-x)
select(b,x,y) = y + (b ? x-y : 0)         one gate, one ReLU (see NetworkSketch.gate)
"""

from __future__ import annotations

from collections.abc import Sequence

from streamssm.ir.builder import GraphBuilder
from streamssm.ssm.gadgets.kind import (
    GadgetKind,
    NetworkSketch,
    Params,
    Ranges,
    Weights,
    require_bits,
    require_shape,
)
from streamssm.ssm.gadgets.linear import choose
from streamssm.ssm.network import Term


def _sketch_extreme(params: Params, ranges: Ranges, sign: int) -> Weights:
    """Sketch the maximum of x and y for sign 1, the minimum for -1; y may be a parameter."""
    require_shape(params, ranges, 2 - len(ranges), min(max(len(ranges), 1), 2))
    y_bias, y_terms = (params[0], []) if params else (0, [(1, 1)])
    sketch = NetworkSketch(ranges)
    sketch.add(y_bias, y_terms)
    gap: list[Term] = [(sign, 0), *((-sign * weight, index) for weight, index in y_terms)]
    sketch.relu(sign, -sign * y_bias, gap)
    return sketch.weights()


def _max_template(params: Params, ranges: Ranges) -> Weights:
    return _sketch_extreme(params, ranges, 1)


def _min_template(params: Params, ranges: Ranges) -> Weights:
    return _sketch_extreme(params, ranges, -1)


def _max_meaning(g: GraphBuilder, params: Params, args: Sequence[int]) -> int:
    return g.max(args[0], g.const(params[0]) if params else args[1])


def _min_meaning(g: GraphBuilder, params: Params, args: Sequence[int]) -> int:
    return g.min(args[0], g.const(params[0]) if params else args[1])


def _select_template(params: Params, ranges: Ranges) -> Weights:
    require_shape(params, ranges, 0, 3)
    require_bits(ranges[:1])
    sketch = NetworkSketch(ranges)
    sketch.add(0, [(1, 2)])
    sketch.gate(0, True, 0, [(1, 1), (-1, 2)])
    return sketch.weights()


def _select_meaning(g: GraphBuilder, params: Params, args: Sequence[int]) -> int:
    return g.select(*args)


def _select_const_template(params: Params, ranges: Ranges) -> Weights:
    require_shape(params, ranges, 2, 2)
    constant, sense = params
    require_bits((ranges[0], sense))
    sketch = NetworkSketch(ranges)
    sketch.add(constant)
    sketch.gate(0, bool(sense), -constant, [(1, 1)])
    return sketch.weights()


def _select_const_meaning(g: GraphBuilder, params: Params, args: Sequence[int]) -> int:
    """Build the word if the bit equals the sense, else the constant."""
    return choose(g, params[1], args[0], args[1], g.const(params[0]))


MAX = GadgetKind("max", _max_template, _max_meaning)
MIN = GadgetKind("min", _min_template, _min_meaning)
SELECT = GadgetKind("select", _select_template, _select_meaning)
SELECT_CONST = GadgetKind("select_const", _select_const_template, _select_const_meaning)
