"""Add any number of offline thoughts to a model that has none.

The state updates stay as they are. After the stream the model feeds itself T thoughts: a count, and a word
that mixes all of its outputs; meanwhile it keeps updating a copy of its state. Two streams with the same last
token that leave the model in one state get the same answer for every T, because the answer is a function of
the state and that token (THEORY A3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from streamssm.errors import ParameterError
from streamssm.ir import words
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range
from streamssm.ssm.layers import Layer, ThoughtMode, Thoughts
from streamssm.ssm.model import SSM
from streamssm.ssm.network import ReluNet, Signal
from streamssm.ssm.range_analysis import analyze
from streamssm.ssm.textbook.parts import network

MIXED = Range(0, (1 << 16) - 1)
MOST_THOUGHTS = 1 << 30


def with_offline_thoughts(model: SSM, thoughts: int) -> SSM:
    """Return a model with the same state updates that thinks ``thoughts`` times before it answers.

    Its outputs are the model's outputs at the last thought, and the mixed word.

    Raises
    ------
    ParameterError
        If the model has thoughts already, or there are too many.

    Examples
    --------
    >>> from streamssm.ssm.textbook import wrapping_counter
    >>> thinking = with_offline_thoughts(wrapping_counter(3), 1000)
    >>> thinking.answer([[0]] * 2) == thinking.answer([[0]] * 10), thinking.answer([[0]] * 3)[0]
    (True, 3)
    """
    if model.thoughts.mode is not ThoughtMode.NONE:
        raise ParameterError(
            f"{model.name} already has {model.thoughts.mode.value} thoughts; none can be added"
        )
    if not 1 <= thoughts <= MOST_THOUGHTS:
        raise ParameterError(f"the number of thoughts must be in [1, 2^30], not {thoughts}")
    carried = (words.field("thoughts so far", Range(0, thoughts)), words.field("mixed", MIXED))
    extra = [Signal(word.name, word.range) for word in carried]
    last = model.layers[-1]
    layers = [*(_passing(layer, extra) for layer in model.layers[:-1]), _thinking(last, extra)]
    return replace(
        model,
        name=f"{model.name}, thinking",
        layers=tuple(layers),
        thoughts=Thoughts(ThoughtMode.OFFLINE, carried, thoughts),
        output_names=(*model.output_names, "mixed so far"),
        arrays=(),
    )


def _passing(layer: Layer, extra: Sequence[Signal]) -> Layer:
    """Return a layer whose readout passes on the last thought."""
    readout = _widened(layer.readout, extra)
    indices = range(len(layer.readout.inputs), len(readout.inputs))
    passed = tuple((signal.name, index) for signal, index in zip(extra, indices, strict=True))
    readout = replace(readout, outputs=(*readout.outputs, *passed))
    return replace(layer, gates=_widened(layer.gates, extra), readout=readout)


def _thinking(layer: Layer, extra: Sequence[Signal]) -> Layer:
    """Return the last layer, with a readout that emits the ready flag and the next thought as well."""
    widened = _widened(layer.readout, extra)
    ranges = analyze(widened).ranges
    answers = [Signal(name, ranges[signal]) for name, signal in widened.outputs]
    next_thought = network([*extra, *answers], ["ready", *(signal.name for signal in extra)], _next_thought)
    sources = [
        *range(len(widened.inputs) - len(extra), len(widened.inputs)),
        *(signal for _, signal in widened.outputs),
    ]
    composed, outputs = _composed(widened, next_thought, sources)
    ready, count, mixed = outputs
    readout = replace(composed, outputs=(ready, count, mixed, *widened.outputs, ("mixed so far", mixed[1])))
    return replace(layer, gates=_widened(layer.gates, extra), readout=readout)


def _next_thought(g: GraphBuilder, x: Sequence[int]) -> list[int]:
    """Return ready, the count and the mixed word of the next thought."""
    count, mixed, *answers = x
    most = g.const(g.range(count).hi)
    total = g.add(g.mul(g.const(5), mixed), g.const(1))
    for word in answers:
        total = g.add(total, word)
    return [g.le(most, count), g.min(g.add(count, g.const(1)), most), g.mod(total, g.const(MIXED.size))]


# networks


def _widened(net: ReluNet, extra: Sequence[Signal]) -> ReluNet:
    """Return a network with additional inputs that it does not read."""
    inputs = len(net.inputs)

    def renumbered(signal: int) -> int:
        return signal if signal < inputs else signal + len(extra)

    gadgets = tuple(replace(gadget, inputs=tuple(map(renumbered, gadget.inputs))) for gadget in net.gadgets)
    outputs = tuple((name, renumbered(signal)) for name, signal in net.outputs)
    return ReluNet((*net.inputs, *extra), gadgets, outputs)


def _composed(
    first: ReluNet, second: ReluNet, sources: Sequence[int]
) -> tuple[ReluNet, tuple[tuple[str, int], ...]]:
    """Return the composed network, whose second part reads signals of the first, and the second's outputs."""

    def renumbered(signal: int) -> int:
        inputs = len(second.inputs)
        return sources[signal] if signal < inputs else signal - inputs + first.num_signals

    gadgets = tuple(
        replace(gadget, inputs=tuple(map(renumbered, gadget.inputs))) for gadget in second.gadgets
    )
    outputs = tuple((name, renumbered(signal)) for name, signal in second.outputs)
    return replace(first, gadgets=(*first.gadgets, *gadgets)), outputs


def answers_after(
    model: SSM, streams: Sequence[Sequence[tuple[int, ...]]], thoughts: int
) -> list[tuple[int, ...]]:
    """Return the answers to each stream of a model without thoughts that is given ``thoughts`` of them.

    >>> from streamssm.ssm.textbook import wrapping_counter
    >>> alike = answers_after(wrapping_counter(2), [((0,),), ((0,),) * 5], 10**5)
    >>> alike[0] == alike[1]
    True
    """
    thinking = with_offline_thoughts(model, thoughts)
    return [thinking.answer([list(token) for token in stream]) for stream in streams]
