"""Any automaton as one layer with a constant matrix, where words saturate.

A bit for every state i and symbol a: "the last step went from i, by a". Its next value is a sum of the bits
that lead to i, and of 1 where the symbol is a, less 1, and saturation to [0, 1] makes the conjunction of it.
So the matrix is the same at every step, and the layer is a recurrent network with a clamp for its activation:
what is said of time-invariant layers that are linear is not so of these (THEORY G4, D1).
"""

from __future__ import annotations

import numpy as np

from streamssm.languages.machine import Machine
from streamssm.program.builder import GraphBuilder
from streamssm.program.ranges import BIT, Range
from streamssm.ssm.formats import Overflow
from streamssm.ssm.model import SSM
from streamssm.ssm.textbook.parts import Nodes, model, word
from streamssm.ssm.transitions import TransitionKind

START = -1


def by_constant_matrix(machine: Machine) -> SSM:
    """Return the layer that tracks an automaton: its outputs are numbers of states.

    Kind: time-invariant-dense, with saturation. Memory: states times symbols, and one bit for the start.

    >>> parity = Machine.acceptor("parity", "01", [[0, 1], [1, 0]], [True, False])
    >>> found = by_constant_matrix(parity)
    >>> found.layers[0].kind.value, found.memory_bits, found.run([[1], [0], [1], [1]]).ravel().tolist()
    ('time-invariant-dense', 5, [1, 1, 0, 1])
    """
    steps = [(START, START), *np.ndindex(machine.num_states, machine.num_symbols)]
    led_to = [machine.initial, *machine.next_state.ravel().tolist()]
    matrix = [int(target == state) for state, _ in steps for target in led_to]

    def gates(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        increments = [g.sub(g.eq(x[0], g.const(symbol)), g.const(1)) for _, symbol in steps[1:]]
        return [g.const(entry) for entry in matrix], [g.const(0), *increments]

    def readout(g: GraphBuilder, h: Nodes, x: Nodes) -> Nodes:
        place = g.const(0)
        for number, bit in enumerate(h):
            place = g.add(place, g.mul(g.const(number), bit))
        return [g.table(g.narrow(place, Range(0, len(steps) - 1)), led_to)]

    return model(
        machine.name,
        {"symbol": Range(0, machine.num_symbols - 1)},
        [word(f"{i} by {a}", BIT, int(i == START), overflow=Overflow.SATURATE) for i, a in steps],
        TransitionKind.TIME_INVARIANT_DENSE,
        gates,
        readout,
        ["state"],
    )


def rounding_parity() -> SSM:
    """Return the parity of the number of ones, by a constant matrix whose rows are rounded down.

    u' = u - 2 v + p and v' = floor((u - 2 v + p) / 2), where p is the symbol before: u - 2 v is the parity of
    all symbols but the last.
    Kind: time-invariant-dense, no saturation. Memory: 4 bits.

    >>> rounding_parity().run([[1], [0], [1], [1]]).ravel().tolist()
    [1, 1, 0, 1]
    """
    zero_row, sum_row, half_row = [0, 0, 0], [1, 1, -2], [1, 1, -2]  # over p, u, v

    def gates(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        return [g.const(e) for e in (*zero_row, *sum_row, *half_row)], [x[0], g.const(0), g.const(0)]

    def readout(g: GraphBuilder, h: Nodes, x: Nodes) -> Nodes:
        before = g.sub(h[1], g.mul(g.const(2), h[2]))
        return [g.ne(before, h[0])]

    return model(
        "rounding_parity",
        {"x": BIT},
        [word("p", BIT), word("u", Range(0, 2)), word("v", BIT)],
        TransitionKind.TIME_INVARIANT_DENSE,
        gates,
        readout,
        ["odd"],
        places=(0, 0, 1),
    )
