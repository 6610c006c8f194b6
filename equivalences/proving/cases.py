"""Lemmas about gadgets with few possible inputs, by exhaustive evaluation of weights and semantics."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.ir import semantics
from streamssm.ir.graph import Graph
from streamssm.ir.ranges import Range
from streamssm.ssm.network import Gadget, Neuron

# Within 64 bits, with a bit to spare.
FITS = Range(-(1 << 62), 1 << 62)


def equal_by_cases(gadget: Gadget, graph: Graph, root: int) -> bool:
    """Return whether weights and semantics agree on every input in the gadget's ranges."""
    cases = list(product(*(range(values.lo, values.hi + 1) for values in gadget.input_ranges)))
    outputs = by_weights(gadget, np.array(cases, dtype=object).reshape(len(cases), -1).T)
    for values, output in zip(cases, outputs, strict=True):
        try:
            if semantics.evaluate(graph.nodes, (), values)[root] != output:
                return False
        # Semantics that crash on some input are not what the weights compute.
        except (IndexError, ZeroDivisionError, ValueError):
            return False
    return True


def by_weights(gadget: Gadget, inputs: NDArray[Any]) -> list[int]:
    """Return a gadget's output for each column of inputs, in 64 bits if nothing can overflow."""
    sums = [_sum_range(neuron, gadget.input_ranges) for neuron in gadget.hidden]
    reached = [*gadget.input_ranges, *(Range(0, max(range_.hi, 0)) for range_ in sums)]
    # Partial sums count as well: numpy wraps silently. Otherwise the columns hold Python's integers.
    small = all(FITS.covers(range_) for range_ in (*reached, *sums, _sum_range(gadget.output, reached)))
    rows = list(inputs.astype(np.int64 if small else object))
    zero = np.zeros(inputs.shape[1], dtype=rows[0].dtype if rows else object)
    rows += [np.maximum(_sums(neuron, rows, zero), 0) for neuron in gadget.hidden]
    return [int(value) for value in _sums(gadget.output, rows, zero)]


def _sum_range(neuron: Neuron, ranges: list[Range] | tuple[Range, ...]) -> Range:
    """Return a range that holds every partial sum of a neuron."""
    # The sum of absolute values bounds the sum of any subset of the terms, in any order.
    bound = abs(neuron.bias) + sum(
        abs(weight) * max(abs(ranges[source].lo), abs(ranges[source].hi)) for weight, source in neuron.terms
    )
    return Range(-bound, bound)


def _sums(neuron: Neuron, rows: list[NDArray[Any]], zero: NDArray[Any]) -> NDArray[Any]:
    total = zero + neuron.bias
    for weight, source in neuron.terms:
        total = total + weight * rows[source]
    return total
