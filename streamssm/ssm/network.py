"""ReLU networks with integer weights: a list of gadgets, each one hidden layer wide.

A gadget is ``output(inputs, relu(hidden(inputs)))``. Its weights define its function; its ``kind`` and
``params`` claim a meaning, which ``streamssm.ssm.gadgets`` verifies before it is used. Signals are numbered:
the network's inputs first, then one per gadget, in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from streamssm.errors import ParameterError
from streamssm.ir.ranges import Range

MAX_WEIGHT = 1 << 62

Term = tuple[int, int]  # (weight, index)


@dataclass(frozen=True, slots=True)
class Neuron:
    """The sum ``bias + sum(weight * value[index])``; the gadget defines what the indices refer to."""

    bias: int
    terms: tuple[Term, ...] = ()

    def __call__(self, values: Sequence[int]) -> int:
        return self.bias + sum(weight * values[index] for weight, index in self.terms)

    def interval(self, ranges: Sequence[Range]) -> Range:
        """Return the range of the sum for values in their ranges."""
        lo = hi = self.bias
        for weight, index in self.terms:
            ends = (weight * ranges[index].lo, weight * ranges[index].hi)
            lo, hi = lo + min(ends), hi + max(ends)
        return Range(lo, hi)

    @property
    def num_nonzeros(self) -> int:
        return sum(1 for weight, _ in self.terms if weight)


@dataclass(frozen=True, slots=True)
class Signal:
    """A named input of a network, and the range that it is assumed to lie in."""

    name: str
    range: Range


@dataclass(frozen=True, slots=True)
class Gadget:
    """A small network with a claimed meaning.

    ``inputs`` are signal numbers. The terms of ``hidden`` refer to the inputs by position, those of
    ``output`` to the inputs and then the hidden neurons. The meaning is claimed for inputs in
    ``input_ranges``.
    """

    kind: str
    params: tuple[int, ...]
    inputs: tuple[int, ...]
    input_ranges: tuple[Range, ...]
    hidden: tuple[Neuron, ...]
    output: Neuron
    label: str = ""

    def __call__(self, values: Sequence[int]) -> int:
        """Return the output on the inputs' values, by the weights."""
        hidden = [max(0, neuron(values)) for neuron in self.hidden]
        return self.output([*values, *hidden])

    @property
    def neurons(self) -> tuple[Neuron, ...]:
        return (*self.hidden, self.output)

    @property
    def num_nonzeros(self) -> int:
        return sum(neuron.num_nonzeros for neuron in self.neurons)

    @property
    def name(self) -> str:
        """The gadget's name in messages."""
        return f"'{self.label}' ({self.kind})" if self.label else self.kind


@dataclass(frozen=True, slots=True)
class ReluNet:
    """Gadgets in topological order; ``outputs`` name signals.

    >>> twice = Gadget("linear", (0, 2), (0,), (Range(0, 9),), (), Neuron(0, ((2, 0),)))
    >>> ReluNet((Signal("x", Range(0, 9)),), (twice,), (("y", 1),)).evaluate([4])
    (8,)
    """

    inputs: tuple[Signal, ...]
    gadgets: tuple[Gadget, ...] = ()
    outputs: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        for index, gadget in enumerate(self.gadgets):
            _require_gadget(gadget, len(self.inputs) + index)
        for name, signal in self.outputs:
            _require_index(signal, self.num_signals, f"output '{name}'")

    @property
    def num_signals(self) -> int:
        return len(self.inputs) + len(self.gadgets)

    @property
    def num_relus(self) -> int:
        return sum(len(gadget.hidden) for gadget in self.gadgets)

    @property
    def num_nonzeros(self) -> int:
        """Number of weights that are not 0, biases left out."""
        return sum(gadget.num_nonzeros for gadget in self.gadgets)

    @property
    def depth(self) -> int:
        """Number of hidden layers: of gadgets with ReLUs on the longest path through the network."""
        depths = [0] * len(self.inputs)
        for gadget in self.gadgets:
            below = max((depths[signal] for signal in gadget.inputs), default=0)
            depths.append(below + bool(gadget.hidden))
        return max((depths[signal] for _, signal in self.outputs), default=0)

    @property
    def output_names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.outputs)

    def numbered(self) -> Iterator[tuple[int, Gadget]]:
        """Yield every gadget with the number of its signal."""
        return enumerate(self.gadgets, start=len(self.inputs))

    def signals(self, values: Sequence[int]) -> list[int]:
        """Return the value of every signal, by the weights."""
        if len(values) != len(self.inputs):
            raise ParameterError(f"the network takes {len(self.inputs)} values, not {len(values)}")
        computed = [int(value) for value in values]
        for gadget in self.gadgets:
            computed.append(gadget([computed[signal] for signal in gadget.inputs]))
        return computed

    def evaluate(self, values: Sequence[int]) -> tuple[int, ...]:
        """Return the outputs, by the weights, in Python integers that cannot overflow."""
        signals = self.signals(values)
        return tuple(signals[signal] for _, signal in self.outputs)


def _require_gadget(gadget: Gadget, signal: int) -> None:
    where = f"gadget {gadget.name} at signal {signal}"
    claimed = len(gadget.input_ranges)
    if claimed != len(gadget.inputs):
        raise ParameterError(f"{where} must claim {len(gadget.inputs)} input ranges, not {claimed}")
    for source in gadget.inputs:
        _require_index(source, signal, where)
    for param in gadget.params:
        _require_int(param, f"a parameter of {where}")
    for range_ in gadget.input_ranges:
        for end in (range_.lo, range_.hi):
            _require_int(end, f"an input range of {where}")
    for neuron in gadget.hidden:
        _require_neuron(neuron, len(gadget.inputs), where)
    _require_neuron(gadget.output, len(gadget.inputs) + len(gadget.hidden), where)


def _require_neuron(neuron: Neuron, width: int, where: str) -> None:
    _require_int(neuron.bias, f"a bias of {where}")
    for weight, index in neuron.terms:
        _require_int(weight, f"a weight of {where}")
        _require_index(index, width, f"a weight of {where}")


def _require_int(value: Any, name: str) -> None:
    if type(value) is not int or abs(value) >= MAX_WEIGHT:
        size = f" below 2^{MAX_WEIGHT.bit_length() - 1}"
        raise ParameterError(f"{name} must be an integer{size}, not {value!r}")


def _require_index(index: Any, end: int, name: str) -> None:
    if type(index) is not int or not 0 <= index < end:
        raise ParameterError(f"{name} must refer to one of {end} earlier signals, not to {index!r}")
