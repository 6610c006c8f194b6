"""Parity by a constant matrix with rounding, which is not linear and so not covered by THEORY G4."""

from __future__ import annotations

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.model import SSM
from streamssm.ssm.textbook.parts import Nodes, model, word
from streamssm.ssm.transitions import TransitionKind


def rounding_parity() -> SSM:
    """Return a model of the parity of the number of ones, by a constant matrix with rows rounded down.

    u' = u - 2 v + p and v' = floor((u - 2 v + p) / 2), where p is the previous symbol: u - 2 v is the parity
    of all symbols but the last.
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
        fraction_bits=(0, 0, 1),
    )
