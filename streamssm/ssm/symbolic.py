"""SSM -> transducer: one input token, thoughts included, as one expression graph.

By weights every gadget becomes its neurons; fused, a gadget becomes its meaning where that is shown to hold
for the weights that are there, and its neurons elsewhere. What the kind of step makes known (flags, absent
slots) is folded exactly.

Law: both transducers equal the reference executor, outputs, states and errors, on every state and token.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from streamssm.program.graph import Op, reachable
from streamssm.program.transducer import Transducer
from streamssm.ssm.steps import By, Steps

if TYPE_CHECKING:
    from streamssm.ssm.model import SSM


def transducer(ssm: SSM, by: str = By.FUSED) -> Transducer:
    """Return the model's step as a transducer; ``probes`` are the ReLUs that it runs, if by weights."""
    steps = Steps(ssm, by=by)
    outcome = steps.outcome(steps.token(steps.registers(), steps.fields()))
    error = steps.any_of([check.failed for check in outcome.checks]).weights
    checked = [error] if steps.builder.range(error).hi else []
    words = [word.weights for word in (*outcome.state, *outcome.outputs)]
    relus = live_relus(steps, [*words, *checked])
    graph, placed = steps.builder.finish([*words, *checked, *relus])
    state, outputs, last, probed = _cut(placed, len(outcome.state), len(outcome.outputs), len(checked))
    return Transducer(
        name=ssm.name,
        fields=ssm.fields,
        state=ssm.state,
        step=graph,
        next_state=state,
        outputs=outputs,
        error=last[0] if last else None,
        probes=tuple(zip(relus.values(), probed, strict=True)),
        reference=ssm.step,
    )


def _cut(nodes: tuple[int, ...], *lengths: int) -> list[tuple[int, ...]]:
    """Cut a tuple into parts of some lengths, and the rest."""
    ends = [0, *accumulate(lengths), len(nodes)]
    return [nodes[a:b] for a, b in pairwise(ends)]


def live_relus(steps: Steps, roots: Sequence[int]) -> dict[int, str]:
    """Return the ReLU nodes that the roots need, with the label of where each stands first."""
    if steps.by is not By.WEIGHTS:
        return {}
    needed = set(reachable(steps.builder.nodes, roots))
    found: dict[int, str] = {}
    for label, node in steps.pairs.relus:
        entry = steps.builder.nodes[node]
        if node in needed and entry.op is Op.NEURON and entry.neuron[2]:
            found.setdefault(node, label)
    return found
