"""Cones: what an output does not read cannot change it."""

from __future__ import annotations

from random import Random

import pytest

from streamssm.ir.ranges import Range
from streamssm.report.drawing.cones import cones
from streamssm.ssm.network import Gadget, Neuron, ReluNet, Signal
from tests.models import random_model
from tests.unit.report.drawing.hand_made import composition_by_blocks, wide_model

VALUES = Range(0, 9)


def reached(net: ReluNet, output: int) -> tuple[int, ...]:
    """Walk from an output to the inputs, a signal at a time."""
    seen, ends = set[int](), [net.outputs[output][1]]
    while ends:
        signal = ends.pop()
        if signal in seen:
            continue
        seen.add(signal)
        if signal >= len(net.inputs):
            gadget = net.gadgets[signal - len(net.inputs)]
            terms = [term for neuron in gadget.neurons for term in neuron.terms]
            ends += [gadget.inputs[i] for weight, i in terms if weight and i < len(gadget.inputs)]
    return tuple(sorted(signal for signal in seen if signal < len(net.inputs)))


def networks() -> list[ReluNet]:
    models = [random_model(seed) for seed in range(60)]
    models += [composition_by_blocks(4, 2), wide_model(9, 2), wide_model(3, 2)]
    return [net for model in models for layer in model.layers for net in (layer.gates, layer.readout)]


def test_cones_are_what_walking_back_reaches() -> None:
    nets = networks()
    assert any(len(net.inputs) <= len(net.outputs) for net in nets)
    assert any(len(net.inputs) > len(net.outputs) > 0 for net in nets)
    for net in nets:
        assert cones(net) == tuple(reached(net, index) for index in range(len(net.outputs)))


def test_inputs_outside_a_cone_change_nothing() -> None:
    r = Random(1)
    for net in networks():
        first, second = ([r.randint(s.range.lo, s.range.hi) for s in net.inputs] for _ in range(2))
        before = net.evaluate(first)
        for index, cone in enumerate(cones(net)):
            other = [first[i] if i in cone else second[i] for i in range(len(first))]
            assert net.evaluate(other)[index] == before[index]


@pytest.mark.parametrize("outputs", [1, 3])
def test_a_weight_of_0_is_no_wire(outputs: int) -> None:
    gadget = Gadget("linear", (0, 1, 0), (0, 1), (VALUES, VALUES), (), Neuron(0, ((1, 0), (0, 1))))
    net = ReluNet((Signal("x", VALUES), Signal("y", VALUES)), (gadget,), (("a", 2),) * outputs)
    assert cones(net) == ((0,),) * outputs
