"""Cones of influence: the inputs that each output of a network depends on, by its wires."""

from __future__ import annotations

from streamssm.ssm.network import ReluNet

Indices = tuple[int, ...]


def cones(net: ReluNet) -> tuple[Indices, ...]:
    """Return, per output of a network, the sorted indices of the inputs that reach it.

    A weight of 0 is not a wire. Sets are bit masks: of inputs, or, if there are fewer outputs than inputs, of
    outputs, so that arrays of many words stay cheap.

    >>> from streamssm.ir.ranges import Range
    >>> from streamssm.ssm.network import Gadget, Neuron, Signal
    >>> first = Gadget("linear", (0, 1, 0), (0, 1), (Range(0, 1),) * 2, (), Neuron(0, ((1, 0), (0, 1))))
    >>> cones(ReluNet((Signal("x", Range(0, 1)), Signal("y", Range(0, 1))), (first,), (("a", 2), ("b", 1))))
    ((0,), (1,))
    """
    if len(net.inputs) <= len(net.outputs):
        return _forwards(net)
    return _backwards(net)


def _forwards(net: ReluNet) -> tuple[Indices, ...]:
    reached = [1 << index for index in range(len(net.inputs))]
    for wires in _wires(net):
        mask = 0
        for source in wires:
            mask |= reached[source]
        reached.append(mask)
    masks = [reached[signal] for _, signal in net.outputs]
    known = {mask: _bits(mask) for mask in set(masks)}
    return tuple(known[mask] for mask in masks)


def _backwards(net: ReluNet) -> tuple[Indices, ...]:
    needed = [0] * net.num_signals
    for index, (_, signal) in enumerate(net.outputs):
        needed[signal] |= 1 << index
    first = len(net.inputs)
    for signal, wires in reversed(list(enumerate(_wires(net), start=first))):
        for source in wires if needed[signal] else ():
            needed[source] |= needed[signal]
    input_indices: list[list[int]] = [[] for _ in net.outputs]
    known = {mask: _bits(mask) for mask in set(needed[:first])}
    for index, mask in enumerate(needed[:first]):
        for output in known[mask]:
            input_indices[output].append(index)
    return tuple(tuple(indices) for indices in input_indices)


def _wires(net: ReluNet) -> list[set[int]]:
    """Return the signals that the neurons of each gadget read with a nonzero weight."""
    return [
        {
            gadget.inputs[index]
            for neuron in gadget.neurons
            for weight, index in neuron.terms
            if weight and index < len(gadget.inputs)
        }
        for gadget in net.gadgets
    ]


def _bits(mask: int) -> Indices:
    text = bin(mask)[:1:-1]
    return tuple(index for index, bit in enumerate(text) if bit == "1")
