"""Lemmas about gadgets that select by an index, by case splitting on the index.

For a fixed index, interval arithmetic shows each ReLU to be active (its argument) or inactive (0). The
weights then reduce to one linear form of the other inputs, which is compared with the semantics at that
index.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from streamssm.ir.graph import Graph, Op
from streamssm.ir.ranges import Range
from streamssm.ir.semantics import apply
from streamssm.ssm.network import Gadget, Neuron

Column = NDArray[np.object_]


def equal_by_index(gadget: Gadget, graph: Graph, root: int) -> bool:
    """Return whether weights and semantics are shown equal for every value of the last input, the index."""
    index = gadget.input_ranges[-1]
    values = np.arange(index.lo, index.hi + 1, dtype=object)
    forms = _forms(gadget, values)
    if forms is None:
        return False
    constants, coefficients = forms
    for row, value in enumerate(values):
        meant = _meaning_at(graph, root, len(gadget.inputs) - 1, int(value))
        if meant is None:
            return False
        constant, source = meant
        expected = {source: 1} if source is not None else {}
        actual = {j: column[row] for j, column in coefficients.items() if column[row]}
        if actual != expected or constants[row] != constant:
            return False
    return True


def _forms(gadget: Gadget, values: Column) -> tuple[Column, dict[int, Column]] | None:
    """Return the weights' linear form for each index: a constant and coefficients of other inputs."""
    index_input = len(gadget.inputs) - 1
    constants = np.array([gadget.output.bias] * len(values), dtype=object)
    coefficients: dict[int, Column] = {}
    # A signal may occur in several output terms: add up its weights first.
    outer = dict[int, int]()
    for weight, source in gadget.output.terms:
        outer[source] = outer.get(source, 0) + weight
    everywhere = np.ones(len(values), dtype=object)
    for source, weight in outer.items():
        if source <= index_input:
            neuron, active = Neuron(0, ((1, source),)), everywhere
        else:
            neuron = gadget.hidden[source - index_input - 1]
            signs = _active(neuron, gadget.input_ranges, index_input, values)
            if signs is None:
                return None
            active = signs
        constants = constants + weight * neuron.bias * active
        for inner, input_place in neuron.terms:
            gained = weight * inner * active
            if input_place == index_input:
                constants = constants + gained * values
            else:
                coefficients[input_place] = coefficients.get(input_place, 0) + gained
    return constants, coefficients


def _active(neuron: Neuron, ranges: Sequence[Range], index_input: int, values: Column) -> Column | None:
    """Return 1 or 0 for each index where a ReLU is active or inactive; None if some index has both."""
    others = Neuron(neuron.bias, tuple(term for term in neuron.terms if term[1] != index_input)).interval(
        ranges
    )
    slope = sum(weight for weight, source in neuron.terms if source == index_input)
    # All indices at once, as columns: the interval of the other inputs is shifted by the index's share.
    least, most = others.lo + slope * values, others.hi + slope * values
    active, inactive = least >= 0, most <= 0
    return active.astype(int).astype(object) if (active | inactive).all() else None


def _meaning_at(graph: Graph, root: int, index_input: int, value: int) -> tuple[int, int | None] | None:
    """Return the semantics at one index as (constant, selected input or None); None if it is neither."""
    while True:
        node = graph[root]
        if node.op is Op.CONST:
            return node.index, None
        if node.op is Op.FIELD:
            return (value, None) if node.index == index_input else (0, node.index)
        if node.op is not Op.SELECT:
            return None
        condition = _value_at(graph, node.args[0], index_input, value)
        if condition is None:
            return None
        root = node.args[1 if condition else 2]


def _value_at(graph: Graph, root: int, index_input: int, value: int) -> int | None:
    """Return the value of a node that depends on the index only, else None (constant folding)."""
    node = graph[root]
    if node.op is Op.CONST:
        return node.index
    if node.op is Op.FIELD:
        return value if node.index == index_input else None
    if node.op in (Op.BEGIN, Op.REGISTER, Op.LOAD):
        return None
    args = [_value_at(graph, arg, index_input, value) for arg in node.args]
    numbers = [arg for arg in args if arg is not None]
    return apply(node.op, numbers, node.attr) if len(numbers) == len(args) else None
