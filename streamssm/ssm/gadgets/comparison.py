"""Gadgets that compare a weighted sum L of their inputs (a word, a difference of two) with a constant k.

ge = relu(L-k+1) - relu(L-k)
eq = relu(L-k+1) - 2 relu(L-k) + relu(L-k-1)        ne = 1 - eq
"""

from __future__ import annotations

from collections.abc import Sequence

from streamssm.ir.builder import GraphBuilder
from streamssm.ssm.gadgets.kind import GadgetKind, NetworkSketch, Params, Ranges, Weights, require_shape
from streamssm.ssm.gadgets.linear import weighted_sum
from streamssm.ssm.network import Term


def _operand(params: Params, ranges: Ranges) -> tuple[int, list[Term]]:
    require_shape(params, ranges, len(ranges) + 1, len(ranges))
    return params[0], [(weight, index) for index, weight in enumerate(params[1:])]


def _ge_template(params: Params, ranges: Ranges) -> Weights:
    k, total = _operand(params, ranges)
    sketch = NetworkSketch(ranges)
    sketch.relu(1, 1 - k, total)
    sketch.relu(-1, -k, total)
    return sketch.weights()


def _sketch_eq(params: Params, ranges: Ranges, sign: int) -> NetworkSketch:
    k, total = _operand(params, ranges)
    sketch = NetworkSketch(ranges)
    sketch.relu(sign, 1 - k, total)
    sketch.relu(-2 * sign, -k, total)
    sketch.relu(sign, -1 - k, total)
    return sketch


def _eq_template(params: Params, ranges: Ranges) -> Weights:
    return _sketch_eq(params, ranges, 1).weights()


def _ne_template(params: Params, ranges: Ranges) -> Weights:
    sketch = _sketch_eq(params, ranges, -1)
    sketch.add(1)
    return sketch.weights()


def _sides(g: GraphBuilder, params: Params, args: Sequence[int], k: int) -> tuple[int, int]:
    """Build the two sides of ``L = k``, without negative weights or constants."""
    terms = list(zip(params[1:], args, strict=True))
    left = [(weight, node) for weight, node in terms if weight > 0]
    right = [(-weight, node) for weight, node in terms if weight < 0]
    if not left and k <= 0:
        return g.const(-k), weighted_sum(g, 0, right)
    return weighted_sum(g, max(-k, 0), left), weighted_sum(g, max(k, 0), right)


def _ge_meaning(g: GraphBuilder, params: Params, args: Sequence[int]) -> int:
    if params[0] == 1 and len(args) > 1:
        left, right = _sides(g, params, args, 0)
        return g.lt(right, left)
    left, right = _sides(g, params, args, params[0])
    return g.le(right, left)


def _eq_meaning(g: GraphBuilder, params: Params, args: Sequence[int]) -> int:
    return g.eq(*_sides(g, params, args, params[0]))


def _ne_meaning(g: GraphBuilder, params: Params, args: Sequence[int]) -> int:
    return g.ne(*_sides(g, params, args, params[0]))


GE = GadgetKind("ge", _ge_template, _ge_meaning)
EQ = GadgetKind("eq", _eq_template, _eq_meaning)
NE = GadgetKind("ne", _ne_template, _ne_meaning)
