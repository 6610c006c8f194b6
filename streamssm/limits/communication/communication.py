"""A forward communication protocol: parties hold blocks of the stream and run a model by sending block maps.

Party k = 1..P holds block k of the stream. In round l = 1..L every party but the last one sends one message
to all later parties: the block map, that is the effect of its block on the state of layer l. It can compute
the map from its block's layer-l inputs, that is after the earlier parties' messages of round l - 1. From the
maps of the earlier parties it computes the state in which its block starts, runs layer l, and obtains the
inputs of layer l + 1. The last party answers.

Law: the outputs are those of the model's sequential run, bit for bit.

Messages are strings of bits, and nothing else passes between parties. Under wrap-around a map takes 2 d p
bits for a diagonal transition and (d^2 + d) p for a dense one; saturating and rounded words take other maps.
Bits are counted in two ways: *said* counts each message once, *delivered* once per receiving party.

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
from streamssm.ssm.blocks.block_stream import require_blocks
from streamssm.ssm.blocks.maps import LayerMap
from streamssm.ssm.blocks.rounds import BlockLayer, block_bounds
from streamssm.ssm.model import SSM
from streamssm.ssm.symbolic.unrolling import Evaluation

Columns = list[NDArray[Any]]
State = NDArray[np.int64]


@dataclass(frozen=True)
class ProtocolRound:
    """The messages about one layer; ``message_bits`` has those of parties 1 to P - 1."""

    layer: int
    transition: str
    overflow: tuple[str, ...]
    forms: tuple[str, ...]
    state_dim: int
    precision_bits: int
    message_bits: tuple[int, ...]

    @property
    def diagonal_bits(self) -> int:
        """2 d p: the bits of the map of a diagonal transition under wrap-around."""
        return 2 * self.state_dim * self.precision_bits

    @property
    def dense_bits(self) -> int:
        """(d^2 + d) p: the bits of the map of a dense transition under wrap-around."""
        return (self.state_dim**2 + self.state_dim) * self.precision_bits

    @property
    def said_bits(self) -> int:
        return sum(self.message_bits)

    @property
    def delivered_bits(self) -> int:
        count = len(self.message_bits)
        return sum(bits * (count - index) for index, bits in enumerate(self.message_bits))


@dataclass(frozen=True, eq=False)
class Transcript:
    """A run of the protocol: its rounds, and the outputs of the parties, shape (T, output words)."""

    name: str
    parties: int
    tokens: int
    rounds: tuple[ProtocolRound, ...]
    outputs: NDArray[np.int64]
    expected: NDArray[np.int64]

    @property
    def equal(self) -> bool:
        """True if the outputs are those of the sequential run."""
        return bool(np.array_equal(self.outputs, self.expected))

    @property
    def answer(self) -> tuple[int, ...]:
        """The last party's answer: the outputs after the last token."""
        return tuple(self.outputs[-1].tolist())

    @property
    def said_bits(self) -> int:
        return sum(one.said_bits for one in self.rounds)

    @property
    def delivered_bits(self) -> int:
        return sum(one.delivered_bits for one in self.rounds)


def communicate(ssm: SSM, tokens: Any, parties: int, *, by: str = Evaluation.FUSED) -> Transcript:
    """Run a model over a stream by the forward communication protocol.

    Parameters
    ----------
    tokens : int array, shape (T, fields), cut into blocks of nearly equal length
    parties : P, at least 1 and at most T

    Raises
    ------
    ParameterError
        If there are more parties than tokens, the model has thoughts, or a layer has no block maps.
    TokenError, PrecisionError
        If the model's own run on the stream raises them: then there are no outputs to reproduce.

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
        raise ParameterError(f"parties must be at most {length}, the number of tokens, not {parties}")
    expected = ssm.run(columns, by=by)
    nets = ssm.layer_nets(by)
    states = np.split(
        np.array(ssm.initial, dtype=np.int64), np.cumsum([len(n.layer.words) for n in nets])[:-1]
    )
    party_list = [Party(b - a, [column[a:b] for column in columns]) for a, b in block_bounds(length, parties)]
    rounds = []
    for number, (net, start) in enumerate(zip(nets, states, strict=True), start=1):
        layer = BlockLayer(net, is_last=net is nets[-1], backend="kernel")
        sent = [party.speak(layer) for party in party_list[:-1]]
        received = [messages.read(layer.recurrence, message.bits) for message in sent]
        party_list = [party.listen(layer, start, received[:k]) for k, party in enumerate(party_list)]
        rounds.append(_round(number, layer, sent))
    outputs = np.concatenate([np.stack(party.x, axis=1) for party in party_list])
    return Transcript(ssm.name, parties, length, tuple(rounds), outputs, expected)


@dataclass(frozen=True)
class Message:
    """The message of a party in a round: a block map as bits, and the names of its forms for reports."""

    bits: str
    forms: frozenset[str]


@dataclass(frozen=True, eq=False)
class Party:
    """The holder of a block: its length, and its inputs of the current round's layer."""

    length: int
    x: Columns

    def speak(self, layer: BlockLayer) -> Message:
        """Return the message with the block's map of the layer's state."""
        gates, _ = layer.gates.run(self.x, self.length)
        block_map = layer.recurrence.compose(gates, layer.recurrence.groups([gates]))
        parts = (block_map,) if isinstance(block_map, MatrixMap) else block_map.words
        forms = frozenset(messages.FORM_NAMES[type(part)] for part in parts)
        return Message(messages.write(layer.recurrence, block_map), forms)

    def listen(self, layer: BlockLayer, start: State, received: Sequence[LayerMap]) -> Party:
        """Return this party with the next layer's inputs, given the maps of all earlier blocks."""
        for block_map in received:
            start = layer.state_after(block_map, start)
        gates, _ = layer.gates.run(self.x, self.length)
        y = layer.read(self.x, layer.scan(gates, start))
        return Party(self.length, [y[:, word] for word in range(y.shape[1])])


def _round(number: int, layer: BlockLayer, sent: Sequence[Message]) -> ProtocolRound:
    ssm_layer = layer.recurrence.layer
    return ProtocolRound(
        layer=number,
        transition=ssm_layer.kind.value,
        overflow=tuple(sorted({word.format.overflow.value for word in ssm_layer.words})),
        forms=tuple(sorted({form for message in sent for form in message.forms})),
        state_dim=ssm_layer.state_dim,
        precision_bits=ssm_layer.precision_bits,
        message_bits=tuple(len(message.bits) for message in sent),
    )
