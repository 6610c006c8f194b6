"""The networks of one layer as transducers without a state, so that time can run as lanes.

Law: ``gates(x[t])`` and ``readout(h[t], x[t])`` equal those of the model's step, for every x that a token
within its fields leads to and every h within its words. Ranges hold for the step as a whole: the range of a
layer's input is proven from the readout of the layer below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Graph, Node, Op
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word
from streamssm.runtime.transducer import Transducer
from streamssm.ssm.layer_stack import LayerStack
from streamssm.ssm.symbolic.dual import Dual, DualBuilder
from streamssm.ssm.symbolic.dual_network import DualNetwork
from streamssm.ssm.symbolic.layer_step import LayerStep, State
from streamssm.ssm.symbolic.unrolling import Evaluation, Unroller

if TYPE_CHECKING:
    from streamssm.ssm.layers import Layer
    from streamssm.ssm.network import ReluNet


@dataclass(frozen=True, eq=False)
class LayerNet:
    """A network without a state; field i of the transducer is input word ``uses[i]`` of the network."""

    transducer: Transducer
    uses: tuple[int, ...]

    @property
    def ranges(self) -> tuple[Range, ...]:
        """The proven range of every output."""
        return tuple(self.transducer.step[root].range for root in self.transducer.outputs)


@dataclass(frozen=True, eq=False)
class LayerNets:
    """Both networks of a layer: the gates read x, the readout reads h and then x."""

    layer: Layer
    gates: LayerNet
    readout: LayerNet


def layer_nets(ssm: LayerStack, by: str = Evaluation.FUSED) -> tuple[LayerNets, ...]:
    """Return the networks of every layer.

    The x of the first layer is the token. Its gates read every field, so that every field is checked.
    """
    plain = replace(ssm, arrays=()) if ssm.arrays else ssm
    nets = []
    for number, (layer, x) in enumerate(zip(plain.layers, _inputs(plain), strict=True), start=1):
        name = f"{plain.name} layer {number}"
        state = [Word(word.name, word.range) for word in layer.words]
        first = number == 1
        gates = _net(plain, by, f"{name} gates", layer.gates, (), x, keep_all=first)
        readout = _net(plain, by, f"{name} readout", layer.readout, state, x, keep_all=False)
        nets.append(LayerNets(layer, gates, readout))
    return tuple(nets)


def _inputs(ssm: LayerStack) -> list[list[Word]]:
    """Return the input words of every layer, with the ranges that are proven for the step as a whole."""
    unroller, inputs = Unroller(ssm), [list(ssm.fields)]
    x: Sequence[Dual] = unroller.embed_token(unroller.fields())
    state = unroller.registers().scalars
    for number, layer in enumerate(ssm.layers[:-1], start=1):
        label = f"layer {number}"
        before, state = State(state[: layer.state_dim]), state[layer.state_dim :]
        gates = DualNetwork(unroller.duals, layer.gates, x, f"{label} gates")
        after = LayerStep(unroller.overflow, layer, before, gates, label, ()).run(()).state
        x = DualNetwork(unroller.duals, layer.readout, [*after.scalars, *x], f"{label} readout").outputs()
        ranges = (unroller.duals.proven(word) for word in x)
        names = layer.readout.output_names
        inputs.append([Word(name, range_, range_.lo) for name, range_ in zip(names, ranges, strict=True)])
    return inputs


def _net(
    ssm: LayerStack,
    by: str,
    label: str,
    net: ReluNet,
    state: Sequence[Word],
    x: Sequence[Word],
    *,
    keep_all: bool,
) -> LayerNet:
    builder = GraphBuilder()
    duals = DualBuilder(builder, by_weights=by == Evaluation.WEIGHTS)
    words = [*state, *x]
    leaves = [_leaf(duals, index, word) for index, word in enumerate(words)]
    flags = len(net.inputs) - len(words)  # the first layer reads two flags before its fields, 0 for a token
    inputs = [*leaves[: len(state)], *[duals.const(0)] * flags, *leaves[len(state) :]]
    outputs = DualNetwork(duals, net, inputs, label).outputs()
    for dual in outputs:
        duals.proven(dual)
    graph, roots = builder.finish([dual.weights for dual in outputs])
    read = {node.index for node in graph if node.op is Op.FIELD}
    uses = tuple(index for index in range(len(words)) if keep_all or index in read)
    transducer = Transducer(
        name=label,
        fields=tuple(words[index] for index in uses),
        state=(),
        step=_renumbered(graph, uses),
        next_state=(),
        outputs=roots,
    )
    return LayerNet(transducer, uses)


def _leaf(duals: DualBuilder, index: int, word: Word) -> Dual:
    """Return an input word as a leaf, or as a constant if it has only one value."""
    if word.range.is_constant:
        return duals.const(word.range.lo)
    return duals.leaf(duals.builder.field(index, word.range))


def _renumbered(graph: Graph, uses: Sequence[int]) -> Graph:
    index = {old: new for new, old in enumerate(uses)}
    fields = (
        Node(node.op, node.args, index[node.index], node.range) if node.op is Op.FIELD else node
        for node in graph
    )
    return Graph(tuple(fields))
