"""SSM -> transducer: one input token, thoughts included, as one expression graph.

Offline thoughts change the outputs only: the state after them is the one after the token.

By weights, every gadget becomes its neurons. Fused, a gadget becomes its meaning if its weights are verified
to have it, and its neurons otherwise. The constants of each kind of step (flags, absent slots) are folded.

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
    """Return the model's step as a transducer; by weights, ``probes`` are the ReLUs that it runs."""
    unroller = Unroller(ssm, by=by)
    result = unroller.result(unroller.token(unroller.registers(), unroller.fields()))
    return assemble(unroller, result, ssm.fields, ssm.state, reference=partial(executor.step, ssm))


def watching(ssm: LayerStack, observe: Callable[[LayerPass], Sequence[Dual]]) -> Transducer:
    """Return the step of a model without thoughts, with words of its one pass as outputs."""
    unroller = Unroller(ssm)
    unrolled = unroller.token(unroller.registers(), unroller.fields())
    (layer_pass,) = unrolled.passes
    result = replace(unroller.result(unrolled), outputs=tuple(observe(layer_pass)))
    return assemble(unroller, result, ssm.fields, ssm.state, reference=partial(executor.step, ssm))


def assemble(
    unroller: Unroller,
    result: StepResult,
    fields: tuple[Word, ...],
    words: tuple[Word, ...],
    *,
    more_stores: Sequence[Store] = (),
    reference: Callable[[tuple[int, ...], tuple[int, ...]], object] | None = None,
) -> Transducer:
    """Return a result as a transducer that reads ``fields`` and keeps ``words``, the state's words first.

    ``more_stores`` write the words after those of the state.
    """
    error = unroller.any_of([check.failed for check in result.checks]).weights
    checked = [error] if unroller.builder.range(error).hi else []
    state, outputs, stores = next_words(result)
    stores = [*stores, *more_stores]
    relus = live_relus(unroller, [*state, *outputs, *checked])
    ports = [node for s in stores for node in (s.enable, s.index, s.value)]
    graph, placed = unroller.builder.finish([*state, *outputs, *checked, *ports, *relus])
    parts = (len(state), len(outputs), len(checked), len(ports))
    next_state, shown, last, placed_ports, probed = _cut(placed, *parts)
    return Transducer(
        name=unroller.ssm.name,
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


def next_words(result: StepResult) -> tuple[list[int], list[int], list[Store]]:
    """Return the nodes of the state and of the outputs, and the stores of arrays without nodes per word."""
    arrays = result.state.arrays
    state = [word.weights for word in result.state.scalars]
    state += [node for array in arrays for node in array.nodes or ()]
    outputs = [word.weights for word in result.outputs]
    return state, outputs, [s for array in arrays if array.nodes is None for s in array.stores]


def placed_stores(stores: Sequence[Store], nodes: Sequence[int]) -> tuple[Store, ...]:
    """Return the stores over a finished graph; ``nodes`` lists enable, index and value of each in turn."""
    threes = zip(nodes[::3], nodes[1::3], nodes[2::3], strict=True)
    pairs = zip(stores, threes, strict=True)
    return tuple(replace(s, enable=e, index=i, value=v) for s, (e, i, v) in pairs)


def _cut(nodes: tuple[int, ...], *lengths: int) -> list[tuple[int, ...]]:
    """Cut a tuple into parts of some lengths, and the rest."""
    ends = [0, *accumulate(lengths), len(nodes)]
    return [nodes[a:b] for a, b in pairwise(ends)]


def live_relus(unroller: Unroller, roots: Sequence[int]) -> dict[int, str]:
    """Return the ReLU nodes that the roots need, each with its first label."""
    if unroller.by is not Evaluation.WEIGHTS:
        return {}
    needed = set(reachable(unroller.builder.nodes, roots))
    labels: dict[int, str] = {}
    for label, node in unroller.duals.relus:
        entry = unroller.builder.nodes[node]
        if node in needed and entry.op is Op.NEURON and entry.neuron[2]:
            labels.setdefault(node, label)
    return labels
