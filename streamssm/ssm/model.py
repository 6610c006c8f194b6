"""The model side: a stack of layers, the words it may feed back to itself, and what its numbers mean.

The input of the first layer is ``[thought flag, begin flag, token fields..., thought words...]``. A slot
that a step has no value for holds the lower end of its range. The last readout gives ``[ready, thought
words..., output words...]`` with thoughts, and the output words alone without.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import ParameterError
from streamssm.ir.ranges import BIT
from streamssm.ir.vocabulary import Vocabulary, require_fitting
from streamssm.ir.words import Word, total_bits
from streamssm.program.program import Tokens
from streamssm.runtime.transducer import Transducer
from streamssm.ssm import executor
from streamssm.ssm.arrays import Gates, StateArray, found_gates
from streamssm.ssm.layers import Layer, StateWord, ThoughtMode, Thoughts, TransitionKind
from streamssm.ssm.symbolic.answering import OfflineRunner
from streamssm.ssm.symbolic.to_transducer import transducer
from streamssm.ssm.symbolic.unrolling import Evaluation, parse_by
from streamssm.ssm.validating import require_arrays, require_valid

if TYPE_CHECKING:
    from streamssm.runtime.stream import Lanes, Stream
    from streamssm.ssm.blocks.layer_nets import LayerNets
    from streamssm.ssm.horizon import Horizon

__all__ = ["SSM", "Layer", "StateWord", "ThoughtMode", "Thoughts", "TransitionKind"]


@dataclass(frozen=True)
class SSM:
    """A multi-layer state-space model with exact integer weights.

    ``register_map`` says which state word holds which register of the program that the model was made from,
    and ``notes`` what else a reader should know; neither changes what the model computes. ``arrays`` says
    which of the last words are read and written by computed indices: what it claims is checked before use.
    ``vocabulary`` names the symbols that a token's one field numbers, for people.
    """

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
            raise ParameterError("a model must have at least one layer, not none")
        width = len(self.input_words)
        for number, layer in enumerate(self.layers, start=1):
            if layer.input_dim != width:
                raise ParameterError(f"layer {number} must take {width} inputs, not {layer.input_dim}")
            width = layer.output_dim
        wanted = len(self.readout_names)
        if width != wanted:
            raise ParameterError(f"the last layer must give {wanted} words {self.readout_names}, not {width}")
        require_arrays(self)
        require_valid(self)
        require_fitting(self.vocabulary, self.fields, len(self.output_names))

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
        uses = Counter(word.name for word in self.state_words)
        return tuple(
            Word(word.name if uses[word.name] == 1 else f"{word.name}@{number}", word.range, word.init)
            for number, layer in enumerate(self.layers, start=1)
            for word in layer.words
        )

    @property
    def num_thought_slots(self) -> int:
        """How many words of the last readout come before the outputs."""
        return len(self.readout_names) - len(self.output_names)

    @property
    def initial(self) -> tuple[int, ...]:
        return tuple(word.init for word in self.state_words)

    @cached_property
    def array_gates(self) -> tuple[Gates | None, ...]:
        """The ports of every array, where the weights of all its words are those of its ports."""
        layer = self.layers[-1]
        start = len(self.state_words) - layer.state_dim
        return tuple(
            found_gates(layer.gates, a, a.first - start, layer.state_dim) if _may_have_ports(layer) else None
            for a in self.arrays
        )

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

    # the reference executor

    def begin(self, state: Sequence[int] | None = None) -> tuple[int, ...]:
        """Return the outputs before the first token, offline thoughts included."""
        return executor.begin(self, state)

    def step(self, state: Sequence[int], token: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the state and the outputs after one token, by the weights (reference executor).

        Raises
        ------
        TokenError, PrecisionError
            If the token does not fit its fields, or a word needs a value outside its range.
        """
        return executor.step(self, state, token)

    def trace(self, state: Sequence[int], token: Sequence[int]) -> executor.Trace:
        """Return what one token does, thoughts included (reference executor).

        Online, the state is the one after the thoughts; offline, the one after the token, and the thoughts
        are those of the answer.
        """
        return executor.trace(self, state, token)

    # the kernels

    @cached_property
    def _transducers(self) -> dict[Evaluation, Transducer]:
        return {}

    def transducer(self, by: str = Evaluation.FUSED) -> Transducer:
        """Return one step as one graph: by the ``weights``, or ``fused`` by what gadgets mean."""
        mode = parse_by(by)
        if mode not in self._transducers:
            self._transducers[mode] = transducer(self, mode)
        return self._transducers[mode]

    @cached_property
    def _layer_nets(self) -> dict[Evaluation, tuple[LayerNets, ...]]:
        return {}

    def layer_nets(self, by: str = Evaluation.FUSED) -> tuple[LayerNets, ...]:
        """Return the networks of every layer on their own, for runs layer by layer."""
        from streamssm.ssm.blocks.layer_nets import layer_nets

        mode = parse_by(by)
        if mode not in self._layer_nets:
            self._layer_nets[mode] = layer_nets(self, mode)
        return self._layer_nets[mode]

    @cached_property
    def _answerings(self) -> dict[Evaluation, OfflineRunner]:
        return {}

    def answer(
        self,
        tokens: Tokens | Iterator[Tokens],
        state: Sequence[int] | None = None,
        *,
        by: str = Evaluation.FUSED,
    ) -> tuple[int, ...]:
        """Return the outputs after the last token; those before the first one if there are no tokens.

        Law: answer(tokens) == run(tokens)[-1] wherever both have no error.

        An offline model reads the stream and then thinks, in a loop: the number of thoughts may be as large
        as you like, where `run` and `stream` unroll the thoughts of every answer into one step. What it
        would answer on the way is not asked, so an error there is none here.

        Parameters
        ----------
        tokens : int array, shape (T, fields), or an iterator of such chunks
        state : state words to start from; the initial ones if None
        by : "fused" or "weights"

        Raises
        ------
        TokenError, PrecisionError
            With the position in the stream, or "before the first token".

        Notes
        -----
        Offline, the answer is a function of the state at the end and the last token, whatever is thought
        (THEORY A3). Time O(T + thoughts) steps, memory that of the model and one thought.
        """
        mode = parse_by(by)
        if mode not in self._answerings:
            self._answerings[mode] = OfflineRunner(self, mode)
        return self._answerings[mode].answer(tokens, state)

    def stream(
        self,
        state: Sequence[int] | None = None,
        *,
        by: str = Evaluation.FUSED,
        backend: str = "kernel",
        blocks: int | None = None,
    ) -> Stream:
        """Start reading a stream, from the initial state or from a given one.

        With ``blocks`` every chunk is run layer by layer, in so many blocks side by side; see `BlockStream`.
        """
        from streamssm.runtime.stream import Stream

        if blocks is not None:
            from streamssm.ssm.blocks.stream import BlockStream

            return BlockStream(self, blocks, state=state, by=by, backend=backend)
        return Stream(self.transducer(by), state=state, backend=backend)

    def lanes(
        self, batch_size: int, *, by: str = Evaluation.FUSED, backend: str = "kernel", isa: str | None = None
    ) -> Lanes:
        """Start reading many streams at once, one per lane."""
        from streamssm.runtime.stream import Lanes

        return Lanes(self.transducer(by), batch_size, backend=backend, isa=isa)

    @overload
    def run(
        self,
        tokens: Tokens,
        state: Sequence[int] | None = None,
        *,
        by: str = ...,
        blocks: int | None = ...,
    ) -> NDArray[np.int64]: ...
    @overload
    def run(
        self,
        tokens: Iterator[Tokens],
        state: Sequence[int] | None = None,
        *,
        by: str = ...,
        blocks: int | None = ...,
    ) -> Iterator[NDArray[np.int64]]: ...

    def run(
        self,
        tokens: Tokens | Iterator[Tokens],
        state: Sequence[int] | None = None,
        *,
        by: str = Evaluation.FUSED,
        blocks: int | None = None,
    ) -> NDArray[np.int64] | Iterator[NDArray[np.int64]]:
        """Run over one stream with the kernel.

        Parameters
        ----------
        tokens : int array, shape (T, fields), or an iterator of such chunks
        state : state words to start from; the initial ones if None
        by : "fused" or "weights"
        blocks : run layer by layer, with each chunk in so many blocks side by side, threads for them, and as
            many rounds as layers; the same results, for models without thoughts

        Returns
        -------
        int64 array, shape (T, output words), the outputs after each token; an iterator of them for chunks

        Raises
        ------
        TokenError, PrecisionError
            With the position in the stream.
        ParameterError
            If the model cannot be run in blocks; the reason is named.
        """
        stream = self.stream(state, by=by, blocks=blocks)
        found: NDArray[np.int64] | Iterator[NDArray[np.int64]] = stream.run(tokens)
        return found

    def run_lanes(
        self, tokens: NDArray[Any] | Sequence[NDArray[Any]], *, by: str = Evaluation.FUSED
    ) -> NDArray[np.int64]:
        """Run many streams at once, time first.

        Parameters
        ----------
        tokens : int array, shape (T, batch, fields), or one array of shape (T, batch) per field

        Returns
        -------
        int64 array, shape (T, batch, output words)
        """
        from streamssm.runtime.stream import run_lanes

        return run_lanes(self.transducer(by), tokens)

    def horizon(self, tokens: Tokens | Iterator[Tokens], dtype: str = "complex64") -> Horizon:
        """Measure how long complex layers stay right in floating point on one stream; see `horizon`."""
        from streamssm.ssm.horizon import horizon

        return horizon(self, tokens, dtype)

    # memory as bytes, files

    def snapshot(self, state: Sequence[int]) -> bytes:
        """Pack a state into exactly ``ceil(memory_bits / 8)`` bytes."""
        from streamssm.runtime.snapshot import pack

        return pack(self.state, state)

    def restore(self, data: bytes) -> tuple[int, ...]:
        """Return the state of a snapshot; FormatError if it cannot be one of this model."""
        from streamssm.runtime.snapshot import unpack

        return unpack(self.state, data)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the model's canonical metadata and weights, in hex."""
        from streamssm.ssm.files import digest_of

        return digest_of(self)

    def save(self, path: str) -> None:
        """Write the model as safetensors; the file appears whole or not at all."""
        from streamssm.ssm.files import save_ssm

        save_ssm(self, path)


def _may_have_ports(layer: Layer) -> bool:
    """Return whether a word's one entry can be the bit that keeps it."""
    return layer.kind.is_diagonal and not any(layer.entry_fraction_bits)
