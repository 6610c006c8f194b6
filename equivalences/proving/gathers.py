"""Lemmas about gadgets with an index: for each of its values, every ReLU is a linear form or 0, by intervals.

What is left of the weights is then one linear form of the other inputs, and so is the meaning.
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
    """Return whether weights and meaning are shown equal for every value of the last input."""
    index = gadget.input_ranges[-1]
    values = np.arange(index.lo, index.hi + 1, dtype=object)
    found = _forms(gadget, values)
    if found is None:
        return False
    constants, coefficients = found
    for row, value in enumerate(values):
        meant = _meant(graph, root, len(gadget.inputs) - 1, int(value))
        if meant is None:
            return False
        constant, place = meant
        wanted = {place: 1} if place is not None else {}
        mine = {j: column[row] for j, column in coefficients.items() if column[row]}
        if mine != wanted or constants[row] != constant:
            return False
    return True


def _forms(gadget: Gadget, values: Column) -> tuple[Column, dict[int, Column]] | None:
    """Return, for each value of the index, the weights as a constant and coefficients of the other inputs."""
    place = len(gadget.inputs) - 1
    constants = np.array([gadget.output.bias] * len(values), dtype=object)
    coefficients: dict[int, Column] = {}
    outer = dict[int, int]()
    for weight, source in gadget.output.terms:
        outer[source] = outer.get(source, 0) + weight
    everywhere = np.ones(len(values), dtype=object)
    for source, weight in outer.items():
        if source <= place:
            neuron, active = Neuron(0, ((1, source),)), everywhere
        else:
            neuron = gadget.hidden[source - place - 1]
            signs = _active(neuron, gadget.input_ranges, place, values)
            if signs is None:
                return None
            active = signs
        constants = constants + weight * neuron.bias * active
        for inner, input_place in neuron.terms:
            gained = weight * inner * active
            if input_place == place:
                constants = constants + gained * values
            else:
                coefficients[input_place] = coefficients.get(input_place, 0) + gained
    return constants, coefficients


def _active(neuron: Neuron, ranges: Sequence[Range], place: int, values: Column) -> Column | None:
    """Return where a ReLU is its argument (1) and where it is 0; None if it changes at some index."""
    rest = Neuron(neuron.bias, tuple(term for term in neuron.terms if term[1] != place)).interval(ranges)
    slope = sum(weight for weight, source in neuron.terms if source == place)
    least, most = rest.lo + slope * values, rest.hi + slope * values
    active, inactive = least >= 0, most <= 0
    return active.astype(int).astype(object) if (active | inactive).all() else None


def _meant(graph: Graph, root: int, place: int, value: int) -> tuple[int, int | None] | None:
    """Return what a meaning is at one index: a constant, or a constant 0 and the input that it is."""
    while True:
        node = graph[root]
        if node.op is Op.CONST:
            return node.index, None
        if node.op is Op.FIELD:
            return (value, None) if node.index == place else (0, node.index)
        if node.op is not Op.SELECT:
            return None
        condition = _known(graph, node.args[0], place, value)
        if condition is None:
            return None
        root = node.args[1 if condition else 2]


def _known(graph: Graph, root: int, place: int, value: int) -> int | None:
    """Return the value of a node that reads the index alone."""
    node = graph[root]
    if node.op is Op.CONST:
        return node.index
    if node.op is Op.FIELD:
        return value if node.index == place else None
    if node.op in (Op.BEGIN, Op.REGISTER, Op.LOAD):
        return None
    args = [_known(graph, arg, place, value) for arg in node.args]
    numbers = [arg for arg in args if arg is not None]
    return apply(node.op, numbers, node.attr) if len(numbers) == len(args) else None
