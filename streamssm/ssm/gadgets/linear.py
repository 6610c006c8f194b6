"""Gadgets without ReLUs, and conditional addition.

linear(x...)      = bias + sum w x
add_const_if(b,x) = x + k b
add_if(b,x,y)     = x + k (b ? y : 0)
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


def _linear_template(params: Params, ranges: Ranges) -> Weights:
    require_shape(params, ranges, len(ranges) + 1, len(ranges))
    sketch = NetworkSketch(ranges)
    sketch.add(params[0], ((weight, index) for index, weight in enumerate(params[1:])))
    return sketch.weights()


def _linear_meaning(g: GraphBuilder, params: Params, args: Sequence[int]) -> int:
    return weighted_sum(g, params[0], list(zip(params[1:], args, strict=True)))


def weighted_sum(g: GraphBuilder, bias: int, terms: list[tuple[int, int]]) -> int:
    """Build ``bias + sum(weight * node)``: by additions for up to two terms, else as one neuron."""
    if len(terms) > 2:
        return g.neuron(bias, terms, relu=False)
    total = g.const(bias if bias > 0 or not terms else 0)
    for weight, node in sorted(terms, reverse=True):
        part = g.mul(g.const(abs(weight)), node)
        total = g.add(total, part) if weight > 0 else g.sub(total, part)
    return g.sub(total, g.const(-bias)) if bias < 0 and terms else total


def _add_const_if_template(params: Params, ranges: Ranges) -> Weights:
    require_shape(params, ranges, 2, 2)
    amount, sense = params
    require_bits((ranges[0], sense))
    sketch = NetworkSketch(ranges)
    sketch.add(0 if sense else amount, [(amount if sense else -amount, 0), (1, 1)])
    return sketch.weights()


def _add_const_if_meaning(g: GraphBuilder, params: Params, args: Sequence[int]) -> int:
    bit, word = args
    return choose(g, params[1], bit, weighted_sum(g, params[0], [(1, word)]), word)


def _add_if_template(params: Params, ranges: Ranges) -> Weights:
    require_shape(params, ranges, 2, 3)
    factor, sense = params
    require_bits((ranges[0], sense))
    sketch = NetworkSketch(ranges)
    sketch.add(0, [(1, 1)])
    sketch.gate(0, bool(sense), 0, [(factor, 2)])
    return sketch.weights()


def _add_if_meaning(g: GraphBuilder, params: Params, args: Sequence[int]) -> int:
    bit, word, amount = args
    return choose(g, params[1], bit, weighted_sum(g, 0, [(1, word), (params[0], amount)]), word)


def choose(g: GraphBuilder, sense: int, bit: int, then: int, other: int) -> int:
    """Build ``then`` if the bit equals ``sense``, else ``other``."""
    return g.select(bit, then, other) if sense else g.select(bit, other, then)


LINEAR = GadgetKind("linear", _linear_template, _linear_meaning)
ADD_CONST_IF = GadgetKind("add_const_if", _add_const_if_template, _add_const_if_meaning)
ADD_IF = GadgetKind("add_if", _add_if_template, _add_if_meaning)
