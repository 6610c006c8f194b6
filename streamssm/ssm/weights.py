"""Single weights of a model: where they are, and the model with one of them changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from streamssm.ssm.model import SSM, Layer
from streamssm.ssm.network import Gadget, Neuron, ReluNet


@dataclass(frozen=True)
class WeightSite:
    """Where a weight is: a neuron's term, or its bias if ``term`` is None; the last neuron is the output."""

    layer: int
    network: str  # "gates" or "readout"
    gadget: int
    neuron: int
    term: int | None

    def __str__(self) -> str:
        place = "bias" if self.term is None else f"weight {self.term}"
        return f"layer {self.layer + 1} {self.network} gadget {self.gadget} neuron {self.neuron} {place}"


def weight_sites(ssm: SSM) -> Iterator[WeightSite]:
    """Yield every weight and every bias of a model."""
    for number, layer in enumerate(ssm.layers):
        for network in ("gates", "readout"):
            for place, gadget in enumerate(getattr(layer, network).gadgets):
                for row, neuron in enumerate(gadget.neurons):
                    for term in (None, *range(len(neuron.terms))):
                        yield WeightSite(number, network, place, row, term)


def with_changed_weight(ssm: SSM, site: WeightSite, change: int) -> SSM:
    """Return the model with ``change`` added to one weight.

    Its transitions are of the kind that claims least among those with the same gates: the change may have
    led out of a narrower one.

    Raises
    ------
    ParameterError
        If no model has these weights: it would not be ready before the first token, a value could pass 2^62,
        or the gates do not give what every transition of their layout needs.
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
