"""The outputs of a model with offline thoughts as a program's: E4's other half (see `ssm_to_program`).

Law: the outputs are phi(h[t], x[t]), and from there on what the thoughts make of it on a copy of h[t]; before
the first token they start from phi(h[0], begin). So they read the registers after the update and the token
alone, as a program's outputs do, and no thought is ever refused (THEORY A3).

Cost: one readout for each of the two beginnings, and the thoughts once.
"""

from __future__ import annotations

from dataclasses import dataclass

from streamssm.ir.graph import Graph
from streamssm.ssm.model import SSM
from streamssm.ssm.symbolic.dual import Dual
from streamssm.ssm.symbolic.overflow import Check
from streamssm.ssm.symbolic.unrolling import LayerPass, SymbolicReadout, Unroller


@dataclass(frozen=True)
class _Either:
    """One of two readouts, as a condition says."""

    steps: Unroller
    condition: Dual
    yes: SymbolicReadout
    no: SymbolicReadout

    def outputs(self, start: int = 0, stop: int | None = None) -> tuple[Dual, ...]:
        sides = (side.outputs(start, stop) for side in (self.yes, self.no))
        return self.steps.choose(self.condition, *sides)


def offline_answer(ssm: SSM) -> tuple[Graph, tuple[int, ...], tuple[Check, ...]]:
    """Return the outputs as a graph over the registers after the token, its roots, and its checks."""
    steps = Unroller(ssm)
    state = steps.registers()
    begins = steps.duals.leaf(steps.builder.begin())
    started = steps.readout(state, steps.embed_begin(), "begin")
    x = steps.embed_token(steps.fields())
    y = _Either(steps, begins, started, steps.readout(state, x, "answer"))
    outcome = steps.result(steps.think(LayerPass(tuple(x), state, y, (), ())))
    graph, roots = steps.builder.finish([word.fused for word in outcome.outputs])
    return graph, roots, outcome.checks
