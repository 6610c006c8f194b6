"""From weights and a table of answers to a model with gadgets."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from streamssm.limits.synthesis.acceptor import Acceptor
from streamssm.limits.synthesis.explore import State
from streamssm.limits.synthesis.setting import Setting, Weights
from streamssm.program import words
from streamssm.program.builder import GraphBuilder
from streamssm.program.ranges import Range
from streamssm.ssm.model import SSM, StateWord
from streamssm.ssm.network import Signal
from streamssm.ssm.textbook.parts import FLAGS, Nodes, layer


def model_of(
    setting: Setting, weights: Weights, answers: Mapping[tuple[State, int], bool], acceptor: Acceptor
) -> SSM:
    """Return the model: gates are tables of the symbol, phi is one of the state and the symbol."""
    count, dim = acceptor.num_symbols, setting.state_dim
    state = [
        StateWord(f"h{i}", number_format, init)
        for i, (number_format, init) in enumerate(zip(weights.formats(setting), weights.initial, strict=True))
    ]

    def gates(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        entries = [g.table(x[2], [row[i] for row in weights.entries]) for i in range(dim)]
        return entries, [g.table(x[2], [row[i] for row in weights.increments]) for i in range(dim)]

    def readout(g: GraphBuilder, h: Nodes, x: Nodes) -> Nodes:
        place = g.const(0)
        for word, low, top in zip(h, weights.lows, weights.tops, strict=True):
            place = g.add(g.mul(place, g.const(top + 1)), g.sub(word, g.const(low)))
        place = g.add(g.mul(place, g.const(count)), x[2])
        phi = g.table(place, _table(weights, answers, count))
        return [g.select(x[1], g.const(int(acceptor.accepts(()))), phi)]

    symbols = Range(0, count - 1)
    found = layer(
        [*FLAGS, Signal("symbol", symbols)],
        state,
        setting.kind,
        gates,
        readout,
        ["accepted"],
        places=(setting.fraction_bits,) * dim,
    )
    return SSM(acceptor.name, (words.field("symbol", symbols),), (found,), ("accepted",))


def _table(weights: Weights, answers: Mapping[tuple[State, int], bool], num_symbols: int) -> list[int]:
    """Return phi by state and symbol; what is never reached repeats what stands before it."""
    found: list[int] = []
    ranges = [range(low, low + top + 1) for low, top in zip(weights.lows, weights.tops, strict=True)]
    for state in product(*ranges):
        for x in range(num_symbols):
            answer = answers.get((state, x))
            found.append(int(answer) if answer is not None else (found or [0])[-1])
    return found
