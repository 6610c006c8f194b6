"""One round: one layer over a whole segment of the stream, in parallel blocks.

A round evaluates the gates of all blocks, composes a block map of every block but the first and the last,
derives the start state of each block from these maps (a parallel prefix computation), and runs each block
from there, with its readouts. Blocks after an error start from a meaningless state and are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from streamssm.ssm.blocks.layer_nets import LayerNets
from streamssm.ssm.blocks.maps import LayerMap
from streamssm.ssm.blocks.recurrence import Recurrence, narrowest
from streamssm.ssm.blocks.stateless import Stateless

Array = NDArray[Any]
State = NDArray[np.int64]
Mapper = Callable[[Callable[[int], Any], Sequence[int]], list[Any]]  # like map, perhaps in threads


@dataclass(frozen=True)
class RoundStop:
    """The end of a run: before an invalid token, before a failing step, or after all tokens."""

    position: int
    bad_field: int | None = None
    errs: bool = False


class Ran(NamedTuple):
    """The run of a block: its states, the number of valid ones, and the state after those."""

    states: Array
    length: int
    end: State


class BlockLayer:
    """One layer with its networks as machines over time."""

    def __init__(self, nets: LayerNets, *, is_last: bool, backend: str) -> None:
        self.recurrence = Recurrence(nets.layer, nets.gates.ranges, backend)
        self.gates = Stateless(nets.gates, self.recurrence.dtype, backend)
        dtype = np.dtype(np.int64) if is_last else narrowest(nets.readout.ranges)
        self.readout = Stateless(nets.readout, dtype, backend)

    @property
    def dim(self) -> int:
        return self.recurrence.dim

    def state_after(self, block_map: LayerMap, state: State) -> State:
        """Return the state after a block, by its map."""
        after = np.array(block_map.apply(state.tolist()), dtype=np.int64)
        return np.clip(after, *self.recurrence.formats[:2])  # out of range only after an error

    def scan(self, gates: Array, state: State) -> Ran:
        """Run through a block from a state."""
        end = state.copy()
        states, length = self.recurrence.scan(gates, end)
        return Ran(states, length, end)

    def read(self, x: Sequence[Array], block: Ran) -> Array:
        """Return y at the valid steps of a block."""
        words = [*block.states[: block.length].T, *(column[: block.length] for column in x)]
        return self.readout.run(words, block.length)[0]


class BlockRound:
    """The run of one layer over the columns ``x`` of its input, up to the stop of the layers below."""

    def __init__(
        self, layer: BlockLayer, x: Sequence[Array], until: RoundStop, blocks: int, each: Mapper
    ) -> None:
        self.layer = layer
        self.until = until
        self.bounds = block_bounds(until.position, blocks)
        self.x = [[column[a:b] for column in x] for a, b in self.bounds]
        self.each = each

    def run(self, state: State) -> tuple[Array, State, RoundStop]:
        """Return y, the state after the last token, and the new stop."""
        gates, bad = self._gates()
        if bad is not None:  # only the first layer reads tokens, which may be invalid
            shorter = [np.concatenate(parts) for parts in zip(*self.x, strict=True)]
            return BlockRound(self.layer, shorter, bad, len(self.bounds), self.each).run(state)
        runs = self._ran(gates, state)
        y = np.concatenate(self.each(lambda k: self.layer.read(self.x[k], runs[k]), range(len(runs))))
        reached = self.bounds[len(runs) - 1][0] + runs[-1].length
        stop = RoundStop(reached, errs=True) if reached < self.until.position else self.until
        return y, runs[-1].end, stop

    def _gates(self) -> tuple[list[Array], RoundStop | None]:
        results = self.each(lambda k: self.layer.gates.run(self.x[k], self._length(k)), self._all)
        for (start, _), (_, bad) in zip(self.bounds, results, strict=True):
            if bad is not None:
                return [], RoundStop(start + bad[0], bad_field=bad[1])
        return [gates for gates, _ in results], None

    def _ran(self, gates: list[Array], state: State) -> list[Ran]:
        """Return the runs of the blocks up to the first one with an error, from their true start states."""
        recurrence, inner = self.layer.recurrence, range(len(gates) - 1)
        groups = recurrence.groups(gates) if len(gates) > 2 else ()
        begun = self.each(
            lambda k: recurrence.compose(gates[k], groups) if k else self.layer.scan(gates[0], state), inner
        )
        if not begun:
            return [self.layer.scan(gates[0], state)]
        first, maps = begun[0], begun[1:]
        starts = [first.end]
        for block_map in maps:
            starts.append(self.layer.state_after(block_map, starts[-1]))
        later = self.each(lambda k: self.layer.scan(gates[k], starts[k - 1]), self._all[1:])
        runs = [first, *later]
        failed = (k for k, block in enumerate(runs) if block.length < self._length(k))
        return runs[: next(failed, len(runs)) + 1]

    @property
    def _all(self) -> range:
        return range(len(self.bounds))

    def _length(self, k: int) -> int:
        start, end = self.bounds[k]
        return end - start


def block_bounds(length: int, blocks: int) -> list[tuple[int, int]]:
    """Cut a segment into blocks of nearly equal length, none of them empty unless the segment is.

    >>> block_bounds(7, 3), block_bounds(2, 9), block_bounds(0, 4)
    ([(0, 2), (2, 4), (4, 7)], [(0, 1), (1, 2)], [(0, 0)])
    """
    count = max(min(blocks, length), 1)
    return [(length * k // count, length * (k + 1) // count) for k in range(count)]
