"""Layers and models from expressions: what gates and readouts compute, written as nodes."""

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


def network(inputs: Sequence[Signal], names: Sequence[str], made: Callable[..., Nodes]) -> ReluNet:
    """Return the network of the nodes that a function makes of the inputs' nodes."""
    g = GraphBuilder()
    graph, roots = g.finish(made(g, [g.field(i, signal.range) for i, signal in enumerate(inputs)]))
    net = NetBuilder(inputs)
    leaves = {Op.FIELD: [net.form(signal) for signal in range(len(inputs))]}
    values = lower(net, graph, list(zip(names, roots, strict=True)), leaves)
    return net.finish(zip(names, values, strict=True))


def layer(
    inputs: Sequence[Signal],
    state: Sequence[StateWord],
    kind: TransitionKind,
    gates: Gates,
    readout: Readout,
    outputs: Sequence[str],
    *,
    places: tuple[int, ...] = (),
    reflections: int = 0,
) -> Layer:
    """Return a layer; ``gates`` and ``readout`` are written as functions of x, and of h and x."""
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
        entry_fraction_bits=places,
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
    places: tuple[int, ...] = (),
    reflections: int = 0,
) -> SSM:
    """Return a model of one layer; its functions are given the fields alone as x."""
    found = layer(
        [*FLAGS, *(Signal(field, values) for field, values in fields.items())],
        state,
        kind,
        lambda g, x: gates(g, x[2:]),
        lambda g, h, x: readout(g, h, x[2:]),
        outputs,
        places=places,
        reflections=reflections,
    )
    tokens = tuple(words.field(field, values) for field, values in fields.items())
    return SSM(name, tokens, (found,), tuple(outputs))


def word(
    name: str,
    values: Range,
    init: int = 0,
    *,
    overflow: Overflow = Overflow.ERROR,
    rounding: Rounding = Rounding.FLOOR,
) -> StateWord:
    return StateWord(name, NumberFormat(values, 0, rounding, overflow), init)


def itself(g: GraphBuilder, h: Nodes, x: Nodes) -> Nodes:
    """Read the state words as they are."""
    return h


def require_least(name: str, value: int, least: int) -> None:
    if type(value) is not int or value < least:
        raise ParameterError(f"{name} must be an integer of at least {least}, not {value!r}")
