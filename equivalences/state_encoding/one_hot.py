"""One-hot encoding: the automaton in a single layer, with one bit per state.

A sink needs no bit: it is encoded by all zeros. A transition matrix that is constant in time needs a bit per
state and symbol, for the last step; those words saturate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.automaton_class import Automaton, Int32s
from streamssm.equivalences.program_to_layers import without_checks
from streamssm.equivalences.state_encoding.build import SymbolDecoder
from streamssm.equivalences.state_encoding.output_tables import OutputTables
from streamssm.equivalences.state_encoding.partial_functions import function
from streamssm.errors import ParameterError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.formats import NumberFormat, Overflow
from streamssm.ssm.layers import StateWord
from streamssm.ssm.model import SSM
from streamssm.ssm.network import Signal
from streamssm.ssm.textbook.parts import FLAGS, Nodes, layer
from streamssm.ssm.transitions import TransitionKind

Int64s = NDArray[np.int64]

# Entries of a constant matrix. Each is an output of the gate network, so more would take minutes.
MOST_ENTRIES = 1 << 20
Entries = Callable[[GraphBuilder, int], list[int]]  # of the transition, over the symbol


@dataclass(frozen=True, eq=False)
class OneHotStates:
    """The states that have a bit; ``targets`` (states, A) are indices among them, -1 for the sink."""

    machine: Automaton
    states: Int64s
    targets: Int64s

    @classmethod
    def of(cls, machine: Automaton) -> OneHotStates:
        """Return the bits of a machine's states; the first sink has none."""
        stays = (machine.next_state == np.arange(machine.num_states)[:, None]).all(axis=1)
        sinks = np.flatnonzero(stays)[:1]
        states = np.setdiff1d(np.arange(machine.num_states), sinks)
        positions = np.full(machine.num_states, -1)
        positions[states] = np.arange(len(states))
        return cls(machine, states, positions[machine.next_state[states]])

    @property
    def dim(self) -> int:
        return len(self.states)

    @property
    def words(self) -> list[StateWord]:
        return [
            StateWord(
                f"state = {self.machine.state_names[s]}", NumberFormat(BIT), int(s == self.machine.initial)
            )
            for s in self.states.tolist()
        ]

    def state(self, g: GraphBuilder, h: Nodes) -> tuple[int, Int64s]:
        """Return the node of the set bit's index (1-based, 0 if none is set), and the state of each index."""
        position = g.neuron(0, [(number + 1, bit) for number, bit in enumerate(h)], relu=False)
        missing = np.setdiff1d(np.arange(self.machine.num_states), self.states)
        first = missing if len(missing) else self.states[:1]
        return g.narrow(position, Range(0, self.dim)), np.concatenate([first, self.states])


def monomial(outputs: OutputTables, decoder: SymbolDecoder) -> SSM:
    """Return the automaton as one monomial layer (THEORY G9)."""
    bits = OneHotStates.of(outputs.machine)

    def entries(g: GraphBuilder, symbol: int) -> list[int]:
        columns = np.arange(bits.dim)[:, None]
        targets = np.where(bits.targets < 0, columns, bits.targets)
        keeps = (bits.targets >= 0).astype(np.int64)
        return [over_symbols(g, symbol, row) for row in (*targets, *keeps)]

    return _model(bits, outputs, decoder, TransitionKind.MONOMIAL, entries)


def dense(outputs: OutputTables, decoder: SymbolDecoder) -> SSM:
    """Return the automaton as one dense layer (THEORY D2)."""
    bits = OneHotStates.of(outputs.machine)

    def entries(g: GraphBuilder, symbol: int) -> list[int]:
        rows = (bits.targets[None] == np.arange(bits.dim)[:, None, None]).astype(np.int64)
        return [over_symbols(g, symbol, entry) for row in rows for entry in row]

    return _model(bits, outputs, decoder, TransitionKind.DENSE, entries)


def householder(outputs: OutputTables, decoder: SymbolDecoder) -> SSM | None:
    """Return a permutation automaton as one layer of reflections (THEORY G7), None for any other automaton.

    A symbol that moves m states in c cycles takes m - c transpositions; each one is the reflection I - v v^T
    with v the difference of two basis vectors.
    """
    machine = outputs.machine
    if not permutes(machine.next_state):
        return None
    states = np.arange(machine.num_states)
    bits = OneHotStates(machine, states, machine.next_state.astype(np.int64))
    swaps = [swaps_of(column.tolist()) for column in machine.next_state.T]
    count = max(map(len, swaps))
    vectors = np.zeros((count, machine.num_states, machine.num_symbols), np.int64)
    for symbol, pairs in enumerate(swaps):
        for index, (one, other) in enumerate(pairs):
            vectors[index, one, symbol], vectors[index, other, symbol] = 1, -1

    def entries(g: GraphBuilder, symbol: int) -> list[int]:
        nodes: list[int] = []
        for vector in vectors:
            nodes += [*(over_symbols(g, symbol, entry) for entry in vector), g.const(1)]
        return nodes

    return _model(bits, outputs, decoder, TransitionKind.HOUSEHOLDER, entries, reflections=count)


def permutes(next_state: Int32s) -> bool:
    """Return whether every symbol permutes the states."""
    return all(len(np.unique(column)) == len(column) for column in next_state.T)


def swaps_of(permutation: Sequence[int]) -> list[tuple[int, int]]:
    """Return transpositions whose composition moves the element at i to ``permutation[i]``.

    >>> swaps_of([1, 2, 0, 3])
    [(0, 1), (0, 2)]
    """
    swaps: list[tuple[int, int]] = []
    seen: set[int] = set()
    for start in range(len(permutation)):
        position = start
        while (position := permutation[position]) not in seen and position != start:
            swaps.append((start, position))
            seen.add(position)
        seen.add(start)
    return swaps


def over_symbols(g: GraphBuilder, symbol: int, values: Int64s) -> int:
    """Return the node of a function of the symbol."""
    rows = np.arange(len(values))[:, None]
    return function(g, [symbol], [len(values)], rows, values.astype(np.int64))


@dataclass(frozen=True, eq=False)
class OneHotSteps:
    """The steps that have a bit: the start, then pairs of state and symbol; ``targets`` (bits,) are states.

    The next bit of a step (q, a) is the sum of the bits with target q, plus 1 if the symbol is a, minus 1:
    saturation to [0, 1] makes it a conjunction. Steps to the sink have no bit.
    """

    machine: Automaton
    steps: tuple[tuple[int, int], ...]
    targets: Int64s
    sink: int | None

    @classmethod
    def of(cls, machine: Automaton) -> OneHotSteps:
        """Return the bits of a machine's steps."""
        stays = (machine.next_state == np.arange(machine.num_states)[:, None]).all(axis=1)
        sink = int(np.flatnonzero(stays)[0]) if stays.any() else None
        steps = [step for step in np.ndindex(*machine.next_state.shape) if machine.next_state[step] != sink]
        targets = [machine.initial, *(int(machine.next_state[step]) for step in steps)]
        return cls(machine, tuple((int(i), int(a)) for i, a in steps), np.array(targets), sink)

    @property
    def dim(self) -> int:
        return len(self.targets)

    @property
    def words(self) -> list[StateWord]:
        names, saturating = self.machine.state_names, NumberFormat(BIT, overflow=Overflow.SATURATE)
        steps = (f"{names[state]}, {self.machine.symbols[symbol]}" for state, symbol in self.steps)
        return [StateWord("start", saturating, 1), *(StateWord(name, saturating) for name in steps)]

    def state(self, g: GraphBuilder, h: Nodes) -> tuple[int, Int64s]:
        """Return the node of the set bit's index (1-based, 0 if none is set), and the state of each index."""
        position = g.neuron(0, [(number + 1, bit) for number, bit in enumerate(h)], relu=False)
        first = int(self.targets[0]) if self.sink is None else self.sink
        return g.narrow(position, Range(0, self.dim)), np.concatenate([[first], self.targets])


def constant_matrix(outputs: OutputTables, decoder: SymbolDecoder) -> SSM:
    """Return the automaton as one layer with a constant matrix, whose words saturate (THEORY G4).

    Raises
    ------
    ParameterError
        If the matrix would have more than `MOST_ENTRIES`.
    """
    bits = OneHotSteps.of(outputs.machine)
    if bits.dim**2 > MOST_ENTRIES:
        raise ParameterError(
            f"the constant matrix of {outputs.machine.name} has {bits.dim**2:,} entries, more than "
            f"{MOST_ENTRIES:,}: it needs a word for each step; transition='monomial' needs one for each state"
        )
    rows = [[0] * bits.dim, *((bits.targets == state).astype(int).tolist() for state, _ in bits.steps)]

    def entries(g: GraphBuilder, symbol: int) -> list[int]:
        return [g.const(entry) for row in rows for entry in row]

    def increments(g: GraphBuilder, symbol: int) -> list[int]:
        return [g.const(0), *(g.sub(g.eq(symbol, g.const(a)), g.const(1)) for _, a in bits.steps)]

    kind = TransitionKind.TIME_INVARIANT_DENSE
    return _model(bits, outputs, decoder, kind, entries, increments=increments)


def _model(
    bits: OneHotStates | OneHotSteps,
    outputs: OutputTables,
    decoder: SymbolDecoder,
    kind: TransitionKind,
    entries: Entries,
    *,
    increments: Entries | None = None,
    reflections: int = 0,
) -> SSM:
    def gates(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        symbol = decoder.over(g, x[2:])
        increment_nodes = [g.const(0)] * bits.dim if increments is None else increments(g, symbol)
        return entries(g, symbol), increment_nodes

    one_layer = layer(
        [*FLAGS, *(Signal(word.name, word.range) for word in decoder.fields)],
        bits.words,
        kind,
        gates,
        lambda g, h, x: _outputs(g, bits, outputs, h, x[1], decoder.over(g, x[2:])),
        outputs.names,
        reflections=reflections,
    )
    return without_checks(SSM(bits.machine.name, decoder.fields, (one_layer,), outputs.names))


def _outputs(
    g: GraphBuilder,
    bits: OneHotStates | OneHotSteps,
    outputs: OutputTables,
    h: Nodes,
    begin: int,
    symbol: int,
) -> list[int]:
    state, state_of_position = bits.state(g, h)
    if outputs.begin is None:
        return [g.table(state, table[state_of_position].tolist()) for table in outputs.tables]
    symbols = bits.machine.num_symbols
    index = g.add(g.mul(state, g.const(symbols)), symbol)
    nodes = [g.table(index, table[state_of_position].ravel().tolist()) for table in outputs.tables]
    return [g.select(begin, g.const(outputs.begin), node) for node in nodes]
