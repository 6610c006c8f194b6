"""Construction of a model with gadgets from weights and a table of answers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.machine_programs import program_of
from streamssm.ir.builder import GraphBuilder
from streamssm.limits.synthesis.model_class import ModelClass, Weights
from streamssm.limits.synthesis.reachability import State
from streamssm.ssm.model import SSM, StateWord
from streamssm.ssm.network import Signal
from streamssm.ssm.textbook.parts import FLAGS, Nodes, layer

Phi = Mapping[tuple[State, int], int]


def model_of(model_class: ModelClass, weights: Weights, phi: Phi, machine: Automaton) -> SSM:
    """Return the model: gates are tables of the symbol, the readout is one of the state and the symbol."""
    program = program_of(machine)
    (symbol,) = program.fields
    formats = weights.formats(model_class)
    words = [
        StateWord(f"h{i}", f, init) for i, (f, init) in enumerate(zip(formats, weights.initial, strict=True))
    ]

    def gates(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        columns = zip(*weights.entries, strict=True), zip(*weights.increments, strict=True)
        entries, increments = ([g.table(x[2], column) for column in part] for part in columns)
        return entries, increments

    def readout(g: GraphBuilder, h: Nodes, x: Nodes) -> Nodes:
        index = g.const(0)
        for word, low, top in zip(h, weights.lows, weights.tops, strict=True):
            index = g.add(g.mul(index, g.const(top + 1)), g.sub(word, g.const(low)))
        index = g.add(g.mul(index, g.const(machine.num_symbols)), x[2])
        answer = g.table(index, _table(weights, phi, machine.num_symbols))
        return [g.select(x[1], g.const(program.begin()[0]), answer)]

    model_layer = layer(
        [*FLAGS, Signal(symbol.name, symbol.range)],
        words,
        model_class.kind,
        gates,
        readout,
        program.output_names,
        fraction_bits=(model_class.fraction_bits,) * model_class.state_dim,
    )
    names = program.output_names
    return SSM(machine.name, program.fields, (model_layer,), names, vocabulary=program.vocabulary)


def _table(weights: Weights, phi: Phi, num_symbols: int) -> list[int]:
    """Return phi by state and symbol; an unreachable entry repeats the previous one."""
    table: list[int] = []
    ranges = [range(low, low + top + 1) for low, top in zip(weights.lows, weights.tops, strict=True)]
    for state, x in product(product(*ranges), range(num_symbols)):
        table.append(phi.get((state, x), table[-1] if table else 0))
    return table
