"""SSM: a stack of layers with exact integer weights, as an immutable value that runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from streamssm.ir.displayed import Displayed, amount, short
from streamssm.program.program import Tokens
from streamssm.runtime.snapshot import pack, unpack
from streamssm.runtime.stream import Lanes, Stream, run_lanes
from streamssm.runtime.transducer import Transducer
from streamssm.ssm import executor
from streamssm.ssm.blocks.block_stream import BlockStream, require_blocks
from streamssm.ssm.blocks.layer_nets import LayerNets, layer_nets
from streamssm.ssm.horizon import Horizon, horizon
from streamssm.ssm.layer_stack import LayerStack
from streamssm.ssm.layers import Layer, StateWord, ThoughtMode, Thoughts, TransitionKind
from streamssm.ssm.save_ssm import digest_of, save_ssm
from streamssm.ssm.symbolic.answering import OfflineRunner, offline_input_step
from streamssm.ssm.symbolic.ssm_transducer import transducer
from streamssm.ssm.symbolic.unrolling import Evaluation, parse_by
from streamssm.ssm.validating import require_valid

__all__ = ["SSM", "Layer", "StateWord", "ThoughtMode", "Thoughts", "TransitionKind"]


@dataclass(frozen=True)
class SSM(LayerStack, Displayed):
    """A multi-layer state-space model with exact integer weights.

    ``register_map`` lists (register, state word) pairs of the program that the model was translated from, and
    ``notes`` holds remarks for the reader; neither affects the computation. ``arrays`` declares which of the
    last state words are read and written by computed indices; the declaration is verified before use.
    ``vocabulary`` has the names of the symbols that the single field of a token encodes.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        require_valid(self)

    def __repr__(self) -> str:
        sizes = f"L={self.num_layers}, d={self.state_dim}, p={self.precision_bits}"
        mode = self.thoughts.mode
        thoughts = "no thoughts" if mode is ThoughtMode.NONE else f"{mode.value} thoughts"
        return f"<SSM {short(self.name)}: {sizes}, {amount(self.memory_bits, 'bit')}, {thoughts}>"

    # the reference executor

    def begin(self, state: Sequence[int] | None = None) -> tuple[int, ...]:
        """Return the outputs before the first token, offline thoughts included."""
        return executor.begin(self, state)

    def step(self, state: Sequence[int], token: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the state and the outputs after one token, by the weights (reference executor).

        Raises
        ------
        TokenError, PrecisionError
            If the token is out of its fields' ranges, or a word needs a value outside its range.
        """
        return executor.step(self, state, token)

    def trace(self, state: Sequence[int], token: Sequence[int]) -> executor.Trace:
        """Return the state, outputs and thoughts of one token (reference executor).

        Online, the state is the one after the thoughts; offline, the one after the token, and the thoughts
        are those of the answer.
        """
        return executor.trace(self, state, token)

    # the kernels

    @cached_property
    def _transducers(self) -> dict[Evaluation, Transducer]:
        return {}

    def transducer(self, by: str = Evaluation.FUSED) -> Transducer:
        """Return one step as one expression graph: by ``weights``, or ``fused``: by meanings of gadgets."""
        mode = parse_by(by)
        if mode not in self._transducers:
            self._transducers[mode] = transducer(self, mode)
        return self._transducers[mode]

    @cached_property
    def _layer_nets(self) -> dict[Evaluation, tuple[LayerNets, ...]]:
        return {}

    def layer_nets(self, by: str = Evaluation.FUSED) -> tuple[LayerNets, ...]:
        """Return the networks of every layer as separate transducers, for runs layer by layer."""
        mode = parse_by(by)
        if mode not in self._layer_nets:
            self._layer_nets[mode] = layer_nets(self, mode)
        return self._layer_nets[mode]

    def input_step(self, by: str = Evaluation.FUSED) -> Transducer:
        """Return one step as `transducer` does, but an offline model's without thoughts and outputs."""
        mode = parse_by(by)
        return offline_input_step(self, mode) if self.thoughts.on_copy else self.transducer(mode)

    @cached_property
    def _offline_runners(self) -> dict[Evaluation, OfflineRunner]:
        return {}

    def answer(
        self,
        tokens: Tokens | Iterator[Tokens],
        state: Sequence[int] | None = None,
        *,
        by: str = Evaluation.FUSED,
    ) -> tuple[int, ...]:
        """Return the outputs after the last token, or those before the first one if there are no tokens.

        Law: answer(tokens) == run(tokens)[-1] wherever both have no error.

        An offline model reads the stream and then runs its thoughts in a loop. Their number is not limited,
        whereas `run` and `stream` unroll the thoughts of every answer into one step. Answers before the end
        of the stream are not computed, so errors in them do not count.

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
        Offline, the answer is a function of the state at the end and the last token, whatever the thoughts
        (THEORY A3). Time O(T + thoughts) steps, memory of the model and one thought.
        """
        mode = parse_by(by)
        if mode not in self._offline_runners:
            self._offline_runners[mode] = OfflineRunner(self, mode, self.input_step(mode))
        return self._offline_runners[mode].answer(tokens, state)

    def stream(
        self,
        state: Sequence[int] | None = None,
        *,
        by: str = Evaluation.FUSED,
        backend: str = "kernel",
        blocks: int | None = None,
    ) -> Stream:
        """Start reading a stream, from the initial state or from a given one.

        With ``blocks``, every chunk is run layer by layer, in that many parallel blocks; see `BlockStream`.
        """
        if blocks is not None:
            require_blocks(self, blocks)
            return BlockStream(self.transducer(by), self.layer_nets(by), blocks, state=state, backend=backend)
        return Stream(self.transducer(by), state=state, backend=backend)

    def lanes(
        self, batch_size: int, *, by: str = Evaluation.FUSED, backend: str = "kernel", isa: str | None = None
    ) -> Lanes:
        """Start reading many streams at once, one per lane."""
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
        blocks : run layer by layer, each chunk in that many parallel blocks, in threads, with one round per
            layer; the same results, for models without thoughts

        Returns
        -------
        int64 array, shape (T, output words), the outputs after each token; an iterator of them for chunks

        Raises
        ------
        TokenError, PrecisionError
            With the position in the stream.
        ParameterError
            If the model cannot be run in blocks, with the reason.
        """
        stream = self.stream(state, by=by, blocks=blocks)
        outputs: NDArray[np.int64] | Iterator[NDArray[np.int64]] = stream.run(tokens)
        return outputs

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
        return run_lanes(self.transducer(by), tokens)

    def horizon(self, tokens: Tokens | Iterator[Tokens], dtype: str = "complex64") -> Horizon:
        """Measure for how many steps complex layers are correct in floating point; see `horizon`."""
        return horizon(self, tokens, dtype)

    # memory as bytes, files

    def snapshot(self, state: Sequence[int]) -> bytes:
        """Pack a state into exactly ``ceil(memory_bits / 8)`` bytes."""
        return pack(self.state, state)

    def restore(self, data: bytes) -> tuple[int, ...]:
        """Return the state of a snapshot; FormatError if it is not a snapshot of this model."""
        return unpack(self.state, data)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the model's canonical metadata and weights, in hex."""
        return digest_of(self)

    def save(self, path: str) -> None:
        """Write the model as safetensors, atomically."""
        save_ssm(self, path, self.digest)
