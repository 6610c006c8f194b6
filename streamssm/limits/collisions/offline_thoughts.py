"""A model with thoughts after the stream that it did not have: what may be thought, for as long as one likes.

The state updates stay as they are. After the stream the model feeds itself a count and a word in which it
mixes all that it says, T times, and goes on updating a copy of its state meanwhile. Two streams that had
left the model in one state (and a last token) get one answer, whatever T is: an answer is a function of
those (THEORY A3).
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
    """Return a model with the same state updates that thinks so often before it answers.

    Its outputs are those of the model at its last thought, and the mixed word.

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
            f"{model.name} must have no thoughts to be given some, not {model.thoughts.mode.value} ones"
        )
    if not 1 <= thoughts <= MOST_THOUGHTS:
        raise ParameterError(f"thoughts must lie in [1, 2^30], not be {thoughts}")
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
    """Return a layer whose readout passes on what is thought."""
    readout = _widened(layer.readout, extra)
    places = range(len(layer.readout.inputs), len(readout.inputs))
    passed = tuple((signal.name, place) for signal, place in zip(extra, places, strict=True))
    readout = replace(readout, outputs=(*readout.outputs, *passed))
    return replace(layer, gates=_widened(layer.gates, extra), readout=readout)


def _thinking(layer: Layer, extra: Sequence[Signal]) -> Layer:
    """Return the last layer, whose readout says when it is ready and what is thought next."""
    said = _widened(layer.readout, extra)
    ranges = analyze(said).ranges
    spoken = [Signal(name, ranges[signal]) for name, signal in said.outputs]
    following = network([*extra, *spoken], ["ready", *(signal.name for signal in extra)], _next_thought)
    places = [
        *range(len(said.inputs) - len(extra), len(said.inputs)),
        *(signal for _, signal in said.outputs),
    ]
    both, outputs = _behind(said, following, places)
    ready, count, mixed = outputs
    readout = replace(both, outputs=(ready, count, mixed, *said.outputs, ("mixed so far", mixed[1])))
    return replace(layer, gates=_widened(layer.gates, extra), readout=readout)


def _next_thought(g: GraphBuilder, x: Sequence[int]) -> list[int]:
    """Return ready, the count and the mixed word of the next thought."""
    count, mixed, *said = x
    most = g.const(g.range(count).hi)
    total = g.add(g.mul(g.const(5), mixed), g.const(1))
    for word in said:
        total = g.add(total, word)
    return [g.le(most, count), g.min(g.add(count, g.const(1)), most), g.mod(total, g.const(MIXED.size))]


# networks


def _widened(net: ReluNet, extra: Sequence[Signal]) -> ReluNet:
    """Return a network with more inputs, which it does not read."""
    inputs = len(net.inputs)

    def place(signal: int) -> int:
        return signal if signal < inputs else signal + len(extra)

    gadgets = tuple(replace(gadget, inputs=tuple(map(place, gadget.inputs))) for gadget in net.gadgets)
    outputs = tuple((name, place(signal)) for name, signal in net.outputs)
    return ReluNet((*net.inputs, *extra), gadgets, outputs)


def _behind(
    first: ReluNet, second: ReluNet, places: Sequence[int]
) -> tuple[ReluNet, tuple[tuple[str, int], ...]]:
    """Return both networks as one, the inputs of the second being signals of the first; and its outputs."""

    def place(signal: int) -> int:
        inputs = len(second.inputs)
        return places[signal] if signal < inputs else signal - inputs + first.num_signals

    gadgets = tuple(replace(gadget, inputs=tuple(map(place, gadget.inputs))) for gadget in second.gadgets)
    outputs = tuple((name, place(signal)) for name, signal in second.outputs)
    return replace(first, gadgets=(*first.gadgets, *gadgets)), outputs


def answers_after(
    model: SSM, streams: Sequence[Sequence[tuple[int, ...]]], thoughts: int
) -> list[tuple[int, ...]]:
    """Return what a model without thoughts answers behind each stream once it thinks so often.

    >>> from streamssm.ssm.textbook import wrapping_counter
    >>> alike = answers_after(wrapping_counter(2), [((0,),), ((0,),) * 5], 10**5)
    >>> alike[0] == alike[1]
    True
    """
    thinking = with_offline_thoughts(model, thoughts)
    return [thinking.answer([list(token) for token in stream]) for stream in streams]
