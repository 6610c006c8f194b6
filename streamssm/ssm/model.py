"""The model side: a stack of layers, the words it may feed back to itself, and what its numbers mean.

The input of the first layer is ``[thought flag, begin flag, token fields..., thought words...]``. A slot that a step has no
value for holds the lower end of its range. The last readout gives ``[ready, thought words..., output words...]``
with thoughts, and the output words alone without.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from streamssm.errors import ParameterError
from streamssm.program.ranges import BIT
from streamssm.program.words import Word, total_bits
from streamssm.ssm.layers import Layer, StateWord, ThoughtMode, Thoughts, TransitionKind

__all__ = ["SSM", "Layer", "StateWord", "ThoughtMode", "Thoughts", "TransitionKind"]


@dataclass(frozen=True)
class SSM:
    """A multi-layer state-space model with exact integer weights.

    ``register_map`` says which state word holds which register of the program that the model was made from, and
    ``notes`` what else a reader should know; neither changes what the model computes.
    """

    name: str
    fields: tuple[Word, ...]
    layers: tuple[Layer, ...]
    output_names: tuple[str, ...]
    thoughts: Thoughts = Thoughts()
    register_map: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.layers:
            raise ParameterError("a model must have at least one layer, not none")
        width = len(self.input_words)
        for number, layer in enumerate(self.layers, start=1):
            if layer.input_dim != width:
                raise ParameterError(f"layer {number} must take {width} inputs, not {layer.input_dim}")
            width = layer.output_dim
        wanted = len(self.readout_names)
        if width != wanted:
            raise ParameterError(f"the last layer must give {wanted} words {self.readout_names}, not {width}")

    # what flows through it

    @cached_property
    def input_words(self) -> tuple[Word, ...]:
        """The slots of the first layer's input."""
        return (Word("thought", BIT), Word("begin", BIT), *self.fields, *self.thoughts.words)

    @cached_property
    def readout_names(self) -> tuple[str, ...]:
        """The names of what the last layer gives."""
        if self.thoughts.mode is ThoughtMode.NONE:
            return self.output_names
        return ("ready", *(word.name for word in self.thoughts.words), *self.output_names)

    @cached_property
    def state_words(self) -> tuple[StateWord, ...]:
        """The words of all layers, first layer first."""
        return tuple(word for layer in self.layers for word in layer.words)

    @cached_property
    def state(self) -> tuple[Word, ...]:
        """The state as plain words; a name that several layers use is marked with its layer."""
        names = [word.name for word in self.state_words]
        return tuple(
            Word(word.name if names.count(word.name) == 1 else f"{word.name}@{number}", word.range, word.init)
            for number, layer in enumerate(self.layers, start=1)
            for word in layer.words
        )

    @property
    def initial(self) -> tuple[int, ...]:
        return tuple(word.init for word in self.state_words)

    # what it costs

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
