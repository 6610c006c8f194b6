"""Models with one weight changed: what a check must tell apart from the model itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from streamssm.ssm.model import SSM, Layer
from streamssm.ssm.network import Gadget, Neuron, ReluNet

Take = Callable[[Layer], ReluNet]
Put = Callable[[Layer, ReluNet], Layer]

NETWORKS: dict[str, tuple[Take, Put]] = {
    "gates": (lambda layer: layer.gates, lambda layer, net: replace(layer, gates=net)),
    "readout": (lambda layer: layer.readout, lambda layer, net: replace(layer, readout=net)),
}
CHANGES = (1, -1)


def single_weight_mutants(ssm: SSM) -> Iterator[tuple[str, SSM]]:
    """Yield every model that differs from ``ssm`` by +1 or -1 in a single weight or bias, with a label.

    The label names the layer, the network, the gadget by its place and kind, the neuron and the weight, so that
    the same change is found again in a model of the same shape.
    """
    for number, layer in enumerate(ssm.layers):
        for network, (take, put) in NETWORKS.items():
            for label, mutant in _net_mutants(take(layer)):
                layers = list(ssm.layers)
                layers[number] = put(layer, mutant)
                yield f"layer {number + 1} {network} {label}", replace(ssm, layers=tuple(layers))


def _net_mutants(net: ReluNet) -> Iterator[tuple[str, ReluNet]]:
    for place, gadget in enumerate(net.gadgets):
        for label, mutant in _gadget_mutants(gadget):
            gadgets = list(net.gadgets)
            gadgets[place] = mutant
            yield f"gadget {place} {gadget.kind} {label}", replace(net, gadgets=tuple(gadgets))


def _gadget_mutants(gadget: Gadget) -> Iterator[tuple[str, Gadget]]:
    for place, neuron in enumerate(gadget.hidden):
        for label, mutant in _neuron_mutants(neuron):
            hidden = list(gadget.hidden)
            hidden[place] = mutant
            yield f"hidden {place} {label}", replace(gadget, hidden=tuple(hidden))
    for label, mutant in _neuron_mutants(gadget.output):
        yield f"output {label}", replace(gadget, output=mutant)


def _neuron_mutants(neuron: Neuron) -> Iterator[tuple[str, Neuron]]:
    for change in CHANGES:
        yield f"bias {change:+d}", replace(neuron, bias=neuron.bias + change)
    for place, (weight, index) in enumerate(neuron.terms):
        for change in CHANGES:
            terms = list(neuron.terms)
            terms[place] = (weight + change, index)
            yield f"weight {place} {change:+d}", replace(neuron, terms=tuple(terms))
