"""Lemmas about gadgets with few inputs: weights and meaning are compared on each."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.ir import semantics
from streamssm.ir.graph import Graph
from streamssm.ir.ranges import Range
from streamssm.ssm.network import Gadget, Neuron

FITS = Range(-(1 << 62), 1 << 62)


def equal_by_cases(gadget: Gadget, graph: Graph, root: int) -> bool:
    """Return whether weights and meaning are equal on every input in the gadget's ranges."""
    cases = list(product(*(range(values.lo, values.hi + 1) for values in gadget.input_ranges)))
    found = by_weights(gadget, np.array(cases, dtype=object).reshape(len(cases), -1).T)
    for values, mine in zip(cases, found, strict=True):
        try:
            if semantics.evaluate(graph.nodes, (), values)[root] != mine:
                return False
        except (IndexError, ZeroDivisionError, ValueError):
            return False
    return True


def by_weights(gadget: Gadget, inputs: NDArray[Any]) -> list[int]:
    """Return a gadget's output for each column of inputs, in 64 bits where nothing leaves them."""
    sums = [_reached(neuron, gadget.input_ranges) for neuron in gadget.hidden]
    reached = [*gadget.input_ranges, *(Range(0, max(values.hi, 0)) for values in sums)]
    small = all(FITS.covers(values) for values in (*reached, *sums, _reached(gadget.output, reached)))
    rows = list(inputs.astype(np.int64 if small else object))
    zero = np.zeros(inputs.shape[1], dtype=rows[0].dtype if rows else object)
    rows += [np.maximum(_sums(neuron, rows, zero), 0) for neuron in gadget.hidden]
    return [int(value) for value in _sums(gadget.output, rows, zero)]


def _reached(neuron: Neuron, values: list[Range] | tuple[Range, ...]) -> Range:
    """Return a range that holds every sum of some of a neuron's parts."""
    most = abs(neuron.bias) + sum(
        abs(weight) * max(abs(values[place].lo), abs(values[place].hi)) for weight, place in neuron.terms
    )
    return Range(-most, most)


def _sums(neuron: Neuron, rows: list[NDArray[Any]], zero: NDArray[Any]) -> NDArray[Any]:
    total = zero + neuron.bias
    for weight, place in neuron.terms:
        total = total + weight * rows[place]
    return total
