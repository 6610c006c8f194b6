"""Networks as vectors: by their weights, or gadget by gadget by meanings that were shown to be the weights'.

A gadget's meaning is a graph. That weights and meaning agree on the input ranges that the gadget states is a
lemma, a question of its own. Where it holds, the step is written with the meaning of inputs confined to those
ranges, and that every input lies in them is a question about the step: the first gadget in the order of
evaluation whose input lay outside would still have been given what the weights say. Without the lemma the
gadget stands in the step by its weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from streamssm.equivalences.rechecking.vector_graphs import VectorLeaves, written
from streamssm.equivalences.rechecking.vectors import Bool, Int, Script
from streamssm.errors import StreamSSMError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Graph
from streamssm.ir.ranges import Range
from streamssm.ssm.gadgets import KINDS
from streamssm.ssm.network import Gadget, Neuron, ReluNet

Meaning = tuple[Graph, int]  # a graph whose fields are the inputs, and its root
MeaningOf = Callable[[Gadget], Meaning | None]  # of gadgets whose lemma holds


def claimed_meaning(gadget: Gadget) -> Meaning | None:
    """Return what a gadget's kind claims, which is not to be believed; None where it claims nothing."""
    if gadget.kind not in KINDS:
        return None
    builder = GraphBuilder()
    try:
        fields = [builder.field(i, values) for i, values in enumerate(gadget.input_ranges)]
        node = KINDS[gadget.kind].meaning(builder, gadget.params, fields)
    except (StreamSSMError, IndexError, ValueError, TypeError):
        return None
    graph, (root,) = builder.finish([node])
    return graph, root


def by_weights(s: Script, gadget: Gadget, inputs: Sequence[Int]) -> Int:
    """Return a gadget's signal by its weights."""
    zero = s.const(0)
    hidden = [s.maximum(_neuron(s, neuron, inputs), zero) for neuron in gadget.hidden]
    return _neuron(s, gadget.output, [*inputs, *hidden])


def _neuron(s: Script, neuron: Neuron, values: Sequence[Int]) -> Int:
    return s.sum(neuron.bias, [(values[place], weight) for weight, place in neuron.terms])


def network_outputs(
    s: Script, net: ReluNet, inputs: Sequence[Int], meaning_of: MeaningOf, strays: list[Bool]
) -> list[Int]:
    """Return a network's outputs; conditions under which they are not the weights' join ``strays``."""
    signals = list(inputs)
    for gadget in net.gadgets:
        args = [signals[source] for source in gadget.inputs]
        meaning = meaning_of(gadget) if gadget.hidden else None
        if meaning is None:
            signals.append(by_weights(s, gadget, args))
        else:
            signals.append(_meant(s, gadget, meaning, args, strays))
    return [signals[signal] for _, signal in net.outputs]


def _meant(s: Script, gadget: Gadget, meaning: Meaning, args: Sequence[Int], strays: list[Bool]) -> Int:
    """Return a gadget's signal by its meaning on inputs confined to its ranges."""
    for arg, values in zip(args, gadget.input_ranges, strict=True):
        if not _lies_in(arg, values):
            strays.append(s.outside(arg, values))
    inside = [s.confined(arg, values) for arg, values in zip(args, gadget.input_ranges, strict=True)]
    graph, root = meaning
    # traps of the meaning are impossible on these ranges: the lemma says so
    return written(s, graph.nodes, [root], VectorLeaves(inside, ()))[root]


def _lies_in(value: Int, values: Range) -> bool:
    return values.lo <= value.lo and value.hi <= values.hi
