"""SSM -> transducer: one input token, thoughts included, as one expression graph.

Offline thoughts lead to the outputs alone: the state after them is what the token made of it.

By weights every gadget becomes its neurons; fused, a gadget becomes its meaning where that is shown to hold
for the weights that are there, and its neurons elsewhere. What the kind of step makes known (flags, absent
slots) is folded exactly.

Law: both transducers equal the reference executor, outputs, states and errors, on every state and token.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from streamssm.ir.graph import Op, Store, reachable
from streamssm.runtime.transducer import Transducer
from streamssm.ssm import executor
from streamssm.ssm.symbolic.dual import Dual
from streamssm.ssm.symbolic.unrolling import Evaluation, LayerPass, StepResult, Unroller

if TYPE_CHECKING:
    from streamssm.ir.words import Word
    from streamssm.ssm.layer_stack import LayerStack


def transducer(ssm: LayerStack, by: str = Evaluation.FUSED) -> Transducer:
    """Return the model's step as a transducer; ``probes`` are the ReLUs that it runs, if by weights."""
    steps = Unroller(ssm, by=by)
    outcome = steps.outcome(steps.token(steps.registers(), steps.fields()))
    return assembled(steps, outcome, ssm.fields, ssm.state, reference=partial(executor.step, ssm))


def watching(ssm: LayerStack, watched: Callable[[LayerPass], Sequence[Dual]]) -> Transducer:
    """Return the step of a model without thoughts with other outputs: words of its one pass."""
    steps = Unroller(ssm)
    unrolled = steps.token(steps.registers(), steps.fields())
    (moment,) = unrolled.moments
    outcome = replace(steps.outcome(unrolled), outputs=tuple(watched(moment)))
    return assembled(steps, outcome, ssm.fields, ssm.state, reference=partial(executor.step, ssm))


def assembled(
    steps: Unroller,
    outcome: StepResult,
    fields: tuple[Word, ...],
    words: tuple[Word, ...],
    *,
    more_stores: Sequence[Store] = (),
    reference: Callable[[tuple[int, ...], tuple[int, ...]], object] | None = None,
) -> Transducer:
    """Return an outcome as a transducer that reads ``fields`` and keeps ``words``, the state's words first.

    ``more_stores`` write the words behind those of the state.
    """
    error = steps.any_of([check.failed for check in outcome.checks]).weights
    checked = [error] if steps.builder.range(error).hi else []
    state, outputs, stores = next_words(outcome)
    stores = [*stores, *more_stores]
    relus = live_relus(steps, [*state, *outputs, *checked])
    ports = [node for s in stores for node in (s.enable, s.index, s.value)]
    graph, placed = steps.builder.finish([*state, *outputs, *checked, *ports, *relus])
    parts = (len(state), len(outputs), len(checked), len(ports))
    next_state, shown, last, placed_ports, probed = _cut(placed, *parts)
    return Transducer(
        name=steps.ssm.name,
        fields=fields,
        state=words,
        step=graph,
        next_state=next_state,
        outputs=shown,
        stores=placed_stores(stores, placed_ports),
        error=last[0] if last else None,
        probes=tuple(zip(relus.values(), probed, strict=True)),
        reference=reference,
    )


def next_words(outcome: StepResult) -> tuple[list[int], list[int], list[Store]]:
    """Return the nodes of the state and the outputs, and the stores where arrays are not word by word."""
    arrays = outcome.state.arrays
    state = [word.weights for word in outcome.state.scalars]
    state += [node for array in arrays for node in array.nodes or ()]
    outputs = [word.weights for word in outcome.outputs]
    return state, outputs, [s for array in arrays if array.nodes is None for s in array.stores]


def placed_stores(stores: Sequence[Store], nodes: Sequence[int]) -> tuple[Store, ...]:
    """Return the stores with nodes of a finished graph: enable, index and value of each in turn."""
    threes = zip(nodes[::3], nodes[1::3], nodes[2::3], strict=True)
    pairs = zip(stores, threes, strict=True)
    return tuple(replace(s, enable=e, index=i, value=v) for s, (e, i, v) in pairs)


def _cut(nodes: tuple[int, ...], *lengths: int) -> list[tuple[int, ...]]:
    """Cut a tuple into parts of some lengths, and the rest."""
    ends = [0, *accumulate(lengths), len(nodes)]
    return [nodes[a:b] for a, b in pairwise(ends)]


def live_relus(steps: Unroller, roots: Sequence[int]) -> dict[int, str]:
    """Return the ReLU nodes that the roots need, with the label of where each stands first."""
    if steps.by is not Evaluation.WEIGHTS:
        return {}
    needed = set(reachable(steps.builder.nodes, roots))
    found: dict[int, str] = {}
    for label, node in steps.pairs.relus:
        entry = steps.builder.nodes[node]
        if node in needed and entry.op is Op.NEURON and entry.neuron[2]:
            found.setdefault(node, label)
    return found
