"""ReLU networks on bit-vectors: gadget by gadget, by its weights or by semantics that a lemma proves equal.

The semantics of a gadget are a graph. A lemma, which is a query of its own, shows that weights and semantics
agree on the input ranges that the gadget states. If it holds, the step uses the semantics on inputs confined
to these ranges, and a query about the step shows that every input lies in them. This is sound: consider the
first gadget, in order of evaluation, with an input outside. All its inputs are still what the weights
compute, so the query would detect it. Without the lemma the step uses the weights.
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
    """Return the semantics that a gadget's kind claims, unproven; None if it claims none."""
    if gadget.kind not in KINDS:
        return None
    builder = GraphBuilder()
    try:
        fields = [builder.field(i, range_) for i, range_ in enumerate(gadget.input_ranges)]
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
    return s.sum(neuron.bias, [(values[source], weight) for weight, source in neuron.terms])


def network_outputs(
    s: Script, net: ReluNet, inputs: Sequence[Int], meaning_of: MeaningOf, strays: list[Bool]
) -> list[Int]:
    """Return a network's outputs; append the conditions under which they may be wrong to ``strays``."""
    signals = list(inputs)
    for gadget in net.gadgets:
        args = [signals[source] for source in gadget.inputs]
        # Without hidden neurons the weights are a linear form already: semantics could not be simpler.
        meaning = meaning_of(gadget) if gadget.hidden else None
        if meaning is None:
            signals.append(by_weights(s, gadget, args))
        else:
            signals.append(_by_meaning(s, gadget, meaning, args, strays))
    return [signals[signal] for _, signal in net.outputs]


def _by_meaning(s: Script, gadget: Gadget, meaning: Meaning, args: Sequence[Int], strays: list[Bool]) -> Int:
    """Return a gadget's signal by its semantics on inputs confined to its ranges."""
    for arg, range_ in zip(args, gadget.input_ranges, strict=True):
        # Intervals that lie in the range need no query.
        if not _lies_in(arg, range_):
            strays.append(s.outside(arg, range_))
    inside = [s.confined(arg, range_) for arg, range_ in zip(args, gadget.input_ranges, strict=True)]
    graph, root = meaning
    # The lemma includes that the semantics do not crash on these ranges, so their traps are dropped.
    return written(s, graph.nodes, [root], VectorLeaves(inside, ()))[root]


def _lies_in(value: Int, range_: Range) -> bool:
    return range_.lo <= value.lo and value.hi <= range_.hi
