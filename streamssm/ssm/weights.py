"""Single weights of a model: their sites, and the model with one of them changed (for mutation tests)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from streamssm.ssm.model import SSM, Layer
from streamssm.ssm.network import Gadget, Neuron, ReluNet


@dataclass(frozen=True)
class WeightSite:
    """The site of a weight: a neuron's term, or its bias if ``term`` is None; the output neuron is last."""

    layer: int
    network: str  # "gates" or "readout"
    gadget: int
    neuron: int
    term: int | None

    def __str__(self) -> str:
        weight = "bias" if self.term is None else f"weight {self.term}"
        return f"layer {self.layer + 1} {self.network} gadget {self.gadget} neuron {self.neuron} {weight}"


def weight_sites(ssm: SSM) -> Iterator[WeightSite]:
    """Yield the sites of all weights and biases of a model."""
    for number, layer in enumerate(ssm.layers):
        for network in ("gates", "readout"):
            for index, gadget in enumerate(getattr(layer, network).gadgets):
                for row, neuron in enumerate(gadget.neurons):
                    for term in (None, *range(len(neuron.terms))):
                        yield WeightSite(number, network, index, row, term)


def with_changed_weight(ssm: SSM, site: WeightSite, change: int) -> SSM:
    """Return the model with ``change`` added to one weight.

    Its transitions are of the most general kind with the same layout, because the change may leave a narrower
    one.

    Raises
    ------
    ParameterError
        If the changed weights do not form a valid model: it would not be ready before the first token, a
        value could pass 2^62, or the gates leave the ranges that their layout requires.
    """
    layers = [replace(layer, kind=layer.kind.widest) for layer in ssm.layers]
    layers[site.layer] = _changed_layer(layers[site.layer], site, change)
    return replace(ssm, layers=tuple(layers))


def _changed_layer(layer: Layer, site: WeightSite, change: int) -> Layer:
    net: ReluNet = getattr(layer, site.network)
    gadgets = list(net.gadgets)
    gadgets[site.gadget] = _changed_gadget(gadgets[site.gadget], site, change)
    changed = replace(net, gadgets=tuple(gadgets))
    return replace(layer, gates=changed) if site.network == "gates" else replace(layer, readout=changed)


def _changed_gadget(gadget: Gadget, site: WeightSite, change: int) -> Gadget:
    *hidden, output = (
        _changed_neuron(neuron, site.term, change) if row == site.neuron else neuron
        for row, neuron in enumerate(gadget.neurons)
    )
    return replace(gadget, hidden=tuple(hidden), output=output)


def _changed_neuron(neuron: Neuron, term: int | None, change: int) -> Neuron:
    if term is None:
        return replace(neuron, bias=neuron.bias + change)
    terms = list(neuron.terms)
    terms[term] = (terms[term][0] + change, terms[term][1])
    return replace(neuron, terms=tuple(terms))
