"""Layers and models whose gates and readouts are given as expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from streamssm.errors import ParameterError
from streamssm.ir import words
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Op
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.formats import NumberFormat, Overflow, Rounding
from streamssm.ssm.lowering import NetBuilder, lower
from streamssm.ssm.model import SSM, Layer, StateWord, TransitionKind
from streamssm.ssm.network import ReluNet, Signal
from streamssm.ssm.transitions import entries_of

Nodes = Sequence[int]
Gates = Callable[[GraphBuilder, Nodes], tuple[Nodes, Nodes]]  # x -> entries of A, B
Readout = Callable[[GraphBuilder, Nodes, Nodes], Nodes]  # h, x -> y

FLAGS = (Signal("thought", BIT), Signal("begin", BIT))


def network(inputs: Sequence[Signal], names: Sequence[str], build: Callable[..., Nodes]) -> ReluNet:
    """Return the network of the expressions that ``build`` makes of the inputs' nodes."""
    g = GraphBuilder()
    graph, roots = g.finish(build(g, [g.field(i, signal.range) for i, signal in enumerate(inputs)]))
    net = NetBuilder(inputs)
    leaves = {Op.FIELD: [net.form(signal) for signal in range(len(inputs))]}
    outputs = lower(net, graph, list(zip(names, roots, strict=True)), leaves)
    return net.finish(zip(names, outputs, strict=True))


def layer(
    inputs: Sequence[Signal],
    state: Sequence[StateWord],
    kind: TransitionKind,
    gates: Gates,
    readout: Readout,
    outputs: Sequence[str],
    *,
    fraction_bits: tuple[int, ...] = (),
    reflections: int = 0,
) -> Layer:
    """Return a layer; ``gates`` is a function of x, ``readout`` of h and x."""
    dim = len(state)
    entries = [str(entry) for entry in entries_of(kind.layout, dim, reflections)]
    words_read = [Signal(word.name, word.range) for word in state]

    def gates_of(g: GraphBuilder, x: Nodes) -> Nodes:
        matrix, increment = gates(g, x)
        return [*matrix, *increment]

    def readout_of(g: GraphBuilder, nodes: Nodes) -> Nodes:
        return readout(g, nodes[:dim], nodes[dim:])

    return Layer(
        words=tuple(state),
        kind=kind,
        gates=network(inputs, [*entries, *(f"B[{word.name}]" for word in state)], gates_of),
        readout=network([*words_read, *inputs], outputs, readout_of),
        entry_fraction_bits=fraction_bits,
        reflections=reflections,
    )


def model(
    name: str,
    fields: dict[str, Range],
    state: Sequence[StateWord],
    kind: TransitionKind,
    gates: Gates,
    readout: Readout,
    outputs: Sequence[str],
    *,
    fraction_bits: tuple[int, ...] = (),
    reflections: int = 0,
) -> SSM:
    """Return a model of one layer; the x of its functions is the fields, without the flags."""
    only_layer = layer(
        [*FLAGS, *(Signal(field, range_) for field, range_ in fields.items())],
        state,
        kind,
        lambda g, x: gates(g, x[2:]),
        lambda g, h, x: readout(g, h, x[2:]),
        outputs,
        fraction_bits=fraction_bits,
        reflections=reflections,
    )
    tokens = tuple(words.field(field, range_) for field, range_ in fields.items())
    return SSM(name, tokens, (only_layer,), tuple(outputs))


def word(
    name: str,
    range_: Range,
    init: int = 0,
    *,
    overflow: Overflow = Overflow.ERROR,
    rounding: Rounding = Rounding.FLOOR,
) -> StateWord:
    return StateWord(name, NumberFormat(range_, 0, rounding, overflow), init)


def itself(g: GraphBuilder, h: Nodes, x: Nodes) -> Nodes:
    """Return the state words unchanged, as a readout."""
    return h


def require_least(name: str, value: int, least: int) -> None:
    if type(value) is not int or value < least:
        raise ParameterError(f"{name} must be an integer of at least {least}, not {value!r}")
