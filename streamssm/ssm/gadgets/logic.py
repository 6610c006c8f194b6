"""Logic gates on conditions; a parameter 0 negates the input with the same index.

and(b,c,...) = relu(b + c + ... - (n-1))     or(b,c,...) = 1 - relu(1 - b - c - ...)
xor(b,c)     = b + c - 2 relu(b + c - 1)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

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
from streamssm.ssm.network import Term


def _count(params: Params, ranges: Ranges) -> tuple[int, list[Term]]:
    """Return the number of true inputs, negations included, as a linear form."""
    require_shape(params, ranges, len(ranges), len(ranges))
    require_bits((*params, *ranges))
    terms = [(1 if sense else -1, index) for index, sense in enumerate(params)]
    return params.count(0), terms


def _and_template(params: Params, ranges: Ranges) -> Weights:
    bias, count = _count(params, ranges)
    sketch = NetworkSketch(ranges)
    sketch.relu(1, bias + 1 - len(params), count)
    return sketch.weights()


def _or_template(params: Params, ranges: Ranges) -> Weights:
    bias, count = _count(params, ranges)
    sketch = NetworkSketch(ranges)
    sketch.add(1)
    sketch.relu(-1, 1 - bias, [(-weight, index) for weight, index in count])
    return sketch.weights()


def _xor_template(params: Params, ranges: Ranges) -> Weights:
    require_shape(params, ranges, 0, 2)
    require_bits(ranges)
    sketch = NetworkSketch(ranges)
    sketch.add(0, [(1, 0), (1, 1)])
    sketch.relu(-2, -1, [(1, 0), (1, 1)])
    return sketch.weights()


def _senses(g: GraphBuilder, params: Params, args: Sequence[int]) -> list[int]:
    return [arg if sense else g.not_(arg) for sense, arg in zip(params, args, strict=True)]


def _and_meaning(g: GraphBuilder, params: Params, args: Sequence[int]) -> int:
    return reduce(g.bit_and, _senses(g, params, args), g.const(1))


def _or_meaning(g: GraphBuilder, params: Params, args: Sequence[int]) -> int:
    return reduce(g.bit_or, _senses(g, params, args), g.const(0))


def _xor_meaning(g: GraphBuilder, params: Params, args: Sequence[int]) -> int:
    return g.bit_xor(*args)


AND = GadgetKind("and", _and_template, _and_meaning)
OR = GadgetKind("or", _or_template, _or_meaning)
XOR = GadgetKind("xor", _xor_template, _xor_meaning)
