"""Forward communication: a stream cut among parties, who run a model's layers by sending block maps forward.

Party k = 1..P holds block k of the stream. In round l = 1..L every party but the last one says once, to all
parties after it, what its block does to layer l's state: the block map, which it knows once it knows its
block's layer-l inputs, that is once all messages of round l - 1 before it have arrived. From the maps
before it a party finds the state that its block starts from, runs layer l, and reads the inputs of layer l
+ 1. The last party answers.

Law: the outputs are those of the model's sequential run, bit for bit.

Messages are strings of bits and nothing else passes between parties. Under wrap-around a map takes 2 d p
bits for a diagonal transition and (d^2 + d) p for a dense one; saturating and rounded words take other
maps. Bits are counted twice: *said*, each message once, and *delivered*, each message as often as there are
parties after it.

Source: THEORY A1, forward communication (our definition, after A). The maps are those of block runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import ParameterError
from streamssm.limits.communication import messages
from streamssm.runtime.stream import columns_of
from streamssm.ssm.blocks.affine import MatrixMap
from streamssm.ssm.blocks.maps import LayerMap
from streamssm.ssm.blocks.rounds import BlockLayer, block_bounds
from streamssm.ssm.blocks.stream import require_blocks
from streamssm.ssm.model import SSM
from streamssm.ssm.symbolic.unrolling import Evaluation

Columns = list[NDArray[Any]]
State = NDArray[np.int64]


@dataclass(frozen=True)
class ProtocolRound:
    """What was said about one layer; ``message_bits`` are those of parties 1 to P - 1."""

    layer: int
    transition: str
    overflow: tuple[str, ...]
    forms: tuple[str, ...]
    state_dim: int
    precision_bits: int
    message_bits: tuple[int, ...]

    @property
    def diagonal_bits(self) -> int:
        """2 d p: the map of a diagonal transition under wrap-around."""
        return 2 * self.state_dim * self.precision_bits

    @property
    def dense_bits(self) -> int:
        """(d^2 + d) p: the map of a dense transition under wrap-around."""
        return (self.state_dim**2 + self.state_dim) * self.precision_bits

    @property
    def said_bits(self) -> int:
        return sum(self.message_bits)

    @property
    def delivered_bits(self) -> int:
        count = len(self.message_bits)
        return sum(bits * (count - place) for place, bits in enumerate(self.message_bits))


@dataclass(frozen=True, eq=False)
class Transcript:
    """A run of the protocol: its rounds, and the outputs that the parties read, shape (T, output words)."""

    name: str
    parties: int
    tokens: int
    rounds: tuple[ProtocolRound, ...]
    outputs: NDArray[np.int64]
    expected: NDArray[np.int64]

    @property
    def equal(self) -> bool:
        """Whether the outputs are those of the sequential run."""
        return bool(np.array_equal(self.outputs, self.expected))

    @property
    def answer(self) -> tuple[int, ...]:
        """What the last party answers: the outputs behind the last token."""
        return tuple(self.outputs[-1].tolist())

    @property
    def said_bits(self) -> int:
        return sum(one.said_bits for one in self.rounds)

    @property
    def delivered_bits(self) -> int:
        return sum(one.delivered_bits for one in self.rounds)


def communicate(ssm: SSM, tokens: Any, parties: int, *, by: str = Evaluation.FUSED) -> Transcript:
    """Run a model over a stream by forward communication.

    Parameters
    ----------
    tokens : int array, shape (T, fields), cut into blocks of nearly equal length
    parties : P, at least 1 and at most T

    Raises
    ------
    ParameterError
        If there are more parties than tokens, the model has thoughts, or a layer has no block maps.
    TokenError, PrecisionError
        Those of the model's run on the stream: it has no outputs to reproduce then.

    Examples
    --------
    >>> from streamssm.ssm.textbook import running_parity, wrapping_counter
    >>> run = communicate(wrapping_counter(3), [[0]] * 9, 3)
    >>> run.equal, run.answer, [one.message_bits for one in run.rounds], run.rounds[0].diagonal_bits
    (True, (1,), [(6, 6)], 6)
    """
    require_blocks(ssm, parties)
    columns, length = columns_of(ssm.fields, tokens)
    if parties > length:
        raise ParameterError(f"parties must be at most the {length} tokens of the stream, not {parties}")
    expected = ssm.run(columns, by=by)
    nets = ssm.layer_nets(by)
    states = np.split(
        np.array(ssm.initial, dtype=np.int64), np.cumsum([len(n.layer.words) for n in nets])[:-1]
    )
    party_list = [Party(b - a, [column[a:b] for column in columns]) for a, b in block_bounds(length, parties)]
    rounds = []
    for number, (net, start) in enumerate(zip(nets, states, strict=True), start=1):
        layer = BlockLayer(net, is_last=net is nets[-1], backend="kernel")
        said = [party.speak(layer) for party in party_list[:-1]]
        heard = [messages.read(layer.recurrence, message.bits) for message in said]
        party_list = [party.listen(layer, start, heard[:k]) for k, party in enumerate(party_list)]
        rounds.append(_round(number, layer, said))
    outputs = np.concatenate([np.stack(party.x, axis=1) for party in party_list])
    return Transcript(ssm.name, parties, length, tuple(rounds), outputs, expected)


@dataclass(frozen=True)
class Message:
    """What a party says in a round: a block map as bits, and the names of its forms for reports."""

    bits: str
    forms: frozenset[str]


@dataclass(frozen=True, eq=False)
class Party:
    """Who holds a block: its length and, at the start of a round, its inputs of the round's layer."""

    length: int
    x: Columns

    def speak(self, layer: BlockLayer) -> Message:
        """Return what the block does to the layer's state."""
        gates, _ = layer.gates.run(self.x, self.length)
        found = layer.recurrence.compose(gates, layer.recurrence.groups([gates]))
        parts = (found,) if isinstance(found, MatrixMap) else found.words
        forms = frozenset(messages.FORM_NAMES[type(part)] for part in parts)
        return Message(messages.write(layer.recurrence, found), forms)

    def listen(self, layer: BlockLayer, start: State, heard: Sequence[LayerMap]) -> Party:
        """Return this party with the next layer's inputs; ``heard`` are the maps of the blocks before."""
        for found in heard:
            start = layer.state_after(found, start)
        gates, _ = layer.gates.run(self.x, self.length)
        y = layer.read(self.x, layer.scan(gates, start))
        return Party(self.length, [y[:, word] for word in range(y.shape[1])])


def _round(number: int, layer: BlockLayer, said: Sequence[Message]) -> ProtocolRound:
    described = layer.recurrence.layer
    return ProtocolRound(
        layer=number,
        transition=described.kind.value,
        overflow=tuple(sorted({word.format.overflow.value for word in described.words})),
        forms=tuple(sorted({form for message in said for form in message.forms})),
        state_dim=described.state_dim,
        precision_bits=described.precision_bits,
        message_bits=tuple(len(message.bits) for message in said),
    )
