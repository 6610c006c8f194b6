"""Significand bits that suffice for a model's arithmetic to be exact on every stream.

Law: a format whose numbers and sums represent every integer up to 2^bits gives the model's outputs on every
stream, because every value, product and partial sum of a step is an integer of at most that magnitude.
"""

from __future__ import annotations

from dataclasses import dataclass

from streamssm.ir.graph import Graph, Node, Op
from streamssm.ir.ranges import Range
from streamssm.limits.arithmetic.float_formats import FloatFormat
from streamssm.runtime.transducer import Transducer


@dataclass(frozen=True)
class Needs:
    """Sufficient precision: bits of numbers, bits of products and partial sums, and halvings of a number."""

    number_bits: int
    sum_bits: int
    halvings: int

    def met_by(self, arithmetic: FloatFormat) -> bool:
        """Return whether a format provides this precision, so that it is exact on every stream."""
        return (
            self.number_bits <= arithmetic.significand_bits
            and self.sum_bits <= arithmetic.sum_significand_bits
            and self.halvings <= arithmetic.most_halvings
        )


def exact_needs(transducer: Transducer) -> Needs:
    """Return the precision that suffices for every step to be exact.

    The bound follows from ranges that are proven for every step; a narrower format may be exact as well.

    >>> from streamssm.algorithms import FunctionComposition
    >>> from streamssm.equivalences.to_ssm import to_ssm
    >>> exact_needs(to_ssm(FunctionComposition(1024)).transducer("weights"))
    Needs(number_bits=11, sum_bits=12, halvings=0)
    """
    step = transducer.step
    numbers = [
        *(_magnitude(node.range) for node in step),
        *map(_weights, step),
        *map(abs, transducer.initial),
    ]
    sums = [_partial(step, node) for node in step]
    halvings = [step.nodes[node.args[1]].range.hi for node in step if node.op is Op.SHR]
    return Needs(
        _bits(max(numbers, default=0)), _bits(max([*numbers, *sums], default=0)), max(halvings, default=0)
    )


def _bits(magnitude: int) -> int:
    """Return the least k with magnitude <= 2^k."""
    return max(0, (magnitude - 1).bit_length())


def _magnitude(range_: Range) -> int:
    return max(abs(range_.lo), abs(range_.hi))


def _weights(node: Node) -> int:
    """Return the largest weight or bias of a neuron."""
    if node.op is not Op.NEURON:
        return 0
    bias, weights = _neuron_of(node)
    return max(map(abs, (bias, *weights)))


def _neuron_of(node: Node) -> tuple[int, tuple[int, ...]]:
    assert isinstance(node.attr, tuple) and len(node.attr) == 3
    return node.attr[0], node.attr[1]


def _partial(step: Graph, node: Node) -> int:
    """Return the largest product or partial sum inside a node, from its arguments' ranges."""
    args = [step.nodes[a].range for a in node.args]
    if node.op is Op.NEURON:
        return _partial_sum(node, args)
    if node.op in (Op.MOD, Op.FLOORDIV):
        return _magnitude(args[0]) + _magnitude(args[1])
    if node.op in (Op.SHL, Op.MUL):
        first, second = map(_magnitude, args)
        return first << second if node.op is Op.SHL else first * second
    return 0


def _partial_sum(node: Node, args: list[Range]) -> int:
    bias, weights = _neuron_of(node)
    lo = hi = bias
    most = abs(bias)
    for weight, range_ in zip(weights, args, strict=True):
        least, largest = sorted((weight * range_.lo, weight * range_.hi))
        lo, hi = lo + least, hi + largest
        most = max(most, *map(abs, (least, largest, lo, hi)))
    return most
