"""The structure of a model: its layers, the words that flow through them, and their costs.

The input of the first layer is ``[thought flag, begin flag, token fields..., thought words...]``. Slots
without a value in a step hold the lower end of their range. The last readout outputs ``[ready, thought
words..., output words...]`` with thoughts, and only the output words without.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from streamssm.errors import ParameterError
from streamssm.ir.ranges import BIT
from streamssm.ir.vocabulary import Vocabulary, require_fitting
from streamssm.ir.words import Word, total_bits
from streamssm.ssm.arrays import Gates, StateArray, find_gates
from streamssm.ssm.layers import Layer, StateWord, ThoughtMode, Thoughts


@dataclass(frozen=True)
class LayerStack:
    """The layers and words of a model, without the methods that run it; `SSM` adds those."""

    name: str
    fields: tuple[Word, ...]
    layers: tuple[Layer, ...]
    output_names: tuple[str, ...]
    thoughts: Thoughts = Thoughts()
    register_map: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    arrays: tuple[StateArray, ...] = ()
    vocabulary: Vocabulary | None = None

    def __post_init__(self) -> None:
        if not self.layers:
            raise ParameterError("a model must have at least one layer")
        width = len(self.input_words)
        for number, layer in enumerate(self.layers, start=1):
            if layer.input_dim != width:
                raise ParameterError(f"layer {number} must take {width} inputs, not {layer.input_dim}")
            width = layer.output_dim
        expected = len(self.readout_names)
        if width != expected:
            raise ParameterError(
                f"the last layer must give {expected} words {self.readout_names}, not {width}"
            )
        _require_arrays(self)
        require_fitting(self.vocabulary, self.fields, len(self.output_names))

    # its shapes and words

    @cached_property
    def input_words(self) -> tuple[Word, ...]:
        """The slots of the first layer's input."""
        return (Word("thought", BIT), Word("begin", BIT), *self.fields, *self.thoughts.words)

    @cached_property
    def readout_names(self) -> tuple[str, ...]:
        """The names of the last layer's outputs."""
        if self.thoughts.mode is ThoughtMode.NONE:
            return self.output_names
        return ("ready", *(word.name for word in self.thoughts.words), *self.output_names)

    @cached_property
    def state_words(self) -> tuple[StateWord, ...]:
        """The state words of all layers, in order of the layers."""
        return tuple(word for layer in self.layers for word in layer.words)

    @cached_property
    def state(self) -> tuple[Word, ...]:
        """The state as plain words; names that several layers use get the layer's number as a suffix."""
        uses = Counter(word.name for word in self.state_words)
        return tuple(
            Word(word.name if uses[word.name] == 1 else f"{word.name}@{number}", word.range, word.init)
            for number, layer in enumerate(self.layers, start=1)
            for word in layer.words
        )

    @property
    def num_thought_slots(self) -> int:
        """Number of words of the last readout before the outputs."""
        return len(self.readout_names) - len(self.output_names)

    @property
    def initial(self) -> tuple[int, ...]:
        return tuple(word.init for word in self.state_words)

    @cached_property
    def array_gates(self) -> tuple[Gates | None, ...]:
        """The gates of every array, or None unless the weights of all its words match its ports."""
        layer = self.layers[-1]
        start = len(self.state_words) - layer.state_dim
        return tuple(
            find_gates(layer.gates, a, a.first - start, layer.state_dim) if _may_have_ports(layer) else None
            for a in self.arrays
        )

    # its costs

    @property
    def num_layers(self) -> int:
        return len(self.layers)

    @property
    def state_dim(self) -> int:
        """Number of state words of the widest layer."""
        return max(layer.state_dim for layer in self.layers)

    @property
    def precision_bits(self) -> int:
        """Bits of the widest state word."""
        return max(layer.precision_bits for layer in self.layers)

    @property
    def memory_bits(self) -> int:
        return total_bits(self.state)

    @property
    def num_relus(self) -> int:
        return sum(layer.gates.num_relus + layer.readout.num_relus for layer in self.layers)

    @property
    def num_nonzeros(self) -> int:
        """Number of weights, biases not counted."""
        return sum(layer.gates.num_nonzeros + layer.readout.num_nonzeros for layer in self.layers)

    @property
    def num_parameters(self) -> int:
        """Number of weights and biases: one bias per neuron."""
        nets = [net for layer in self.layers for net in (layer.gates, layer.readout)]
        return self.num_nonzeros + sum(len(gadget.hidden) + 1 for net in nets for gadget in net.gadgets)


def _require_arrays(stack: LayerStack) -> None:
    """Raise ParameterError unless the arrays are the last words of the last layer, each of one format."""
    offset = len(stack.state_words) - sum(array.length for array in stack.arrays)
    start = len(stack.state_words) - stack.layers[-1].state_dim
    for array in stack.arrays:
        if array.first != offset or array.length < 1 or offset < start:
            raise ParameterError(f"array '{array.name}' must start at state word {offset} of the last layer")
        offset += array.length
        if len({word.format for word in stack.state_words[array.first : offset]}) != 1:
            raise ParameterError(f"array '{array.name}' must have words of one format")


def _may_have_ports(layer: Layer) -> bool:
    """Return whether the entries of A can be keep bits: the layer is diagonal, its entries integers."""
    return layer.kind.is_diagonal and not any(layer.entry_fraction_bits)
