"""One stream run layer by layer, in parallel blocks of tokens.

Law: outputs, states, positions and errors equal those of the sequential run, for every number of blocks.
The number of rounds is the number of layers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import ParameterError
from streamssm.runtime.stream import Stream, columns_of, precision_error, token_error
from streamssm.runtime.transducer import Transducer
from streamssm.ssm.blocks.layer_nets import LayerNets
from streamssm.ssm.blocks.recurrence import refusal
from streamssm.ssm.blocks.rounds import Array, BlockLayer, BlockRound, Mapper, RoundStop, State
from streamssm.ssm.layer_stack import LayerStack
from streamssm.ssm.layers import ThoughtMode


class BlockStream(Stream):
    """One stream read in blocks: a `Stream` that computes its outputs layer by layer.

    Parameters
    ----------
    transducer : the step of a model that `require_blocks` accepts
    nets : the networks of its layers
    blocks : number of blocks each call of `feed` is cut into; as many threads as the machine has processors

    Notes
    -----
    Memory O(T (gates + words + outputs of a layer)) for a call of `feed` with T tokens; L rounds.
    """

    def __init__(
        self,
        transducer: Transducer,
        nets: Sequence[LayerNets],
        blocks: int,
        *,
        state: Sequence[int] | None = None,
        backend: str = "kernel",
    ) -> None:
        super().__init__(transducer, state=state, backend=backend)
        self.blocks = blocks
        self._layers = [BlockLayer(one, is_last=one is nets[-1], backend=backend) for one in nets]

    def feed(self, tokens: Any) -> NDArray[np.int64]:
        """Read tokens, of shape (T, F) or as F columns of shape (T,); return their outputs, shape (T, W).

        Raises
        ------
        TokenError, PrecisionError
            With the position counted from the start of the stream; the state is the one before that token.
        ParameterError
            If the block map of a word would be a table of too many states.
        """
        columns, length = columns_of(self.transducer.fields, tokens)
        with _mapper(min(self.blocks, length)) as each:
            out, state, stop = self._run(columns, length, each)
            if stop.position < length:  # run again up to the stop, for the state before that token
                _, state, _ = self._run(columns, stop.position, each)
        start, self.position, self._state = self.position, self.position + stop.position, state
        if stop.bad_field is not None:
            word, column = self.transducer.fields[stop.bad_field], columns[stop.bad_field]
            raise token_error(word, column[stop.position], start + stop.position)
        if stop.errs:
            token = tuple(int(column[stop.position]) for column in columns)
            raise precision_error(self.transducer, self.state, token, start + stop.position)
        return out

    def _run(self, columns: Sequence[Array], length: int, each: Mapper) -> tuple[Array, State, RoundStop]:
        """Run one layer after the other; each can only move the stop to an earlier position."""
        x, stop, after, first = list(columns), RoundStop(length), [], 0
        for layer in self._layers:
            state = self._state[first : first + layer.dim]
            y, end, stop = BlockRound(layer, x, stop, self.blocks, each).run(state)
            x = [y[:, word] for word in range(y.shape[1])]
            after.append(end)
            first += layer.dim
        return y, np.concatenate(after), stop


def require_blocks(ssm: LayerStack, blocks: int) -> None:
    """Raise ParameterError, with all reasons, if a model cannot be run in this number of blocks."""
    if type(blocks) is not int or blocks < 1:
        raise ParameterError(f"blocks must be at least 1, not {blocks!r}")
    if ssm.thoughts.mode is ThoughtMode.ONLINE:
        raise ParameterError(
            f"{ssm.name} has online thoughts and cannot be run in blocks: a step waits for the readout of "
            "the step before it; leave blocks out"
        )
    if ssm.thoughts.mode is not ThoughtMode.NONE:
        raise ParameterError(
            f"{ssm.name} has offline thoughts and cannot be run in blocks: offline thoughts are sequential; "
            "use ssm.answer, which thinks once, at the end"
        )
    reasons = [refusal(layer) for layer in ssm.layers] if blocks > 1 else []
    refusals = [f"layer {number}: {reason}" for number, reason in enumerate(reasons, start=1) if reason]
    if refusals:
        raise ParameterError(f"{ssm.name} can only be run with blocks=1: {'; '.join(refusals)}")


@contextmanager
def _mapper(blocks: int) -> Iterator[Mapper]:
    """Yield a `Mapper`, with a pool of threads if there is more than one block."""
    if blocks < 2:
        yield lambda function, numbers: list(map(function, numbers))
        return
    with ThreadPoolExecutor(min(blocks, os.cpu_count() or 1)) as pool:
        yield lambda function, numbers: list(pool.map(function, numbers))
