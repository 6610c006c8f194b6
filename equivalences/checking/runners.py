"""Run a side in many lanes at once, one token per call: on the kernel, or as copies of a class."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.checking.sides import ExecutionMode, Side
from streamssm.errors import ParameterError, PrecisionError
from streamssm.frontends.algorithm import Algorithm, outputs_of, set_state, state_of
from streamssm.runtime.execution import compiled
from streamssm.runtime.stream import Lanes
from streamssm.runtime.transducer import Transducer

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@lru_cache(maxsize=64)
def with_error_output(transducer: Transducer) -> Transducer:
    """Return a step with the error condition as one more output word instead of stopping."""
    if transducer.error is None:
        return transducer
    return replace(transducer, outputs=(*transducer.outputs, transducer.error), error=None)


class Runner(ABC):
    """One side in lanes."""

    way: ExecutionMode

    @abstractmethod
    def state(self) -> Ints:
        """Return the state words, shape (S, lanes)."""

    @abstractmethod
    def restart(self, lanes: Flags) -> None:
        """Reset some lanes to the initial state."""

    @abstractmethod
    def step(self, columns: Sequence[Ints]) -> tuple[Ints, Flags]:
        """Feed one token to each lane; return outputs (lanes, W) and the lanes that stopped with an error.

        A lane that stopped must be restarted before the next token.
        """

    def relu_coverage(self) -> dict[str, tuple[bool, bool]]:
        """Return for every ReLU the pair (was inactive, was active)."""
        return {}


class KernelRunner(Runner):
    """A transducer on the kernel."""

    def __init__(self, side: Side, way: ExecutionMode, num_lanes: int) -> None:
        transducer = side.transducers[way]
        self.way = way
        self._lanes = Lanes(with_error_output(transducer), num_lanes)
        self._initial = np.array(side.initial, dtype=np.int64)[:, None]
        self._num_outputs = len(transducer.outputs)
        self._never = None if transducer.error is not None else np.zeros(num_lanes, dtype=np.bool_)

    def state(self) -> Ints:
        return self._lanes.state

    def restart(self, lanes: Flags) -> None:
        self._lanes.state[:, lanes] = self._initial

    def step(self, columns: Sequence[Ints]) -> tuple[Ints, Flags]:
        no_fields = np.empty((1, self._lanes.batch_size, 0), dtype=np.int64)
        tokens = [column[None] for column in columns] if columns else no_fields
        out = self._lanes.feed(tokens, cover=self.way is ExecutionMode.WEIGHTS)[0]
        if self._never is not None:
            return out, self._never
        return out[:, : self._num_outputs], out[:, self._num_outputs] != 0

    def relu_coverage(self) -> dict[str, tuple[bool, bool]]:
        return self._lanes.relu_coverage() if self.way is ExecutionMode.WEIGHTS else {}


class ClassRunner(Runner):
    """An algorithm as plain Python, with one copy for each lane."""

    way = ExecutionMode.CLASS

    def __init__(self, side: Side, num_lanes: int) -> None:
        assert side.instance is not None
        self._initial = side.initial
        self._copies: list[Algorithm] = [copy.copy(side.instance) for _ in range(num_lanes)]
        self._num_outputs = side.num_outputs
        self.restart(np.ones(num_lanes, dtype=np.bool_))

    def state(self) -> Ints:
        rows = [state_of(instance) for instance in self._copies]
        words: Ints = np.array(rows, dtype=np.int64).reshape(len(rows), len(self._initial)).T
        return words

    def restart(self, lanes: Flags) -> None:
        for lane in np.flatnonzero(lanes):
            set_state(self._copies[lane], self._initial)

    def step(self, columns: Sequence[Ints]) -> tuple[Ints, Flags]:
        tokens = (
            zip(*(column.tolist() for column in columns), strict=True)
            if columns
            else [()] * len(self._copies)
        )
        stopped = np.zeros(len(self._copies), dtype=np.bool_)
        rows = []
        for lane, (instance, token) in enumerate(zip(self._copies, tokens, strict=True)):
            try:
                instance.update(*token)
                rows.append(outputs_of(instance))
            except PrecisionError:
                stopped[lane] = True
                rows.append((0,) * self._num_outputs)
        return output_rows(rows, self._num_outputs), stopped


def output_rows(rows: Sequence[tuple[int, ...]], num_outputs: int) -> Ints:
    """Return a class's outputs as an array, shape (lanes, W)."""
    wrong = next((row for row in rows if len(row) != num_outputs), None)
    if wrong is not None:
        raise ParameterError(f"output() must always return {num_outputs} words, not {len(wrong)}")
    try:
        return np.array(rows, dtype=np.int64).reshape(len(rows), num_outputs)
    except OverflowError:
        raise ParameterError("output() returned a word that does not fit 64 bits") from None


def runners_of(side: Side, num_lanes: int) -> list[Runner]:
    """Return one runner for each way to run a side."""
    if side.instance is not None:
        return [ClassRunner(side, num_lanes)]
    return [KernelRunner(side, way, num_lanes) for way in side.transducers]


def first_error_or_outputs(transducer: Transducer, tokens: Ints) -> tuple[Ints, int | None]:
    """Run one stream on the kernel; return outputs (T, W) and the position of the first error, or None."""
    flagged = with_error_output(transducer)
    state = np.array(transducer.initial, dtype=np.int64)
    out = np.empty((len(tokens), len(flagged.outputs)), dtype=np.int64)
    columns = [tokens[:, f] for f in range(tokens.shape[1])]
    compiled(flagged).machine.run(columns, state, out, num_tokens=len(tokens))
    if transducer.error is None:
        return out, None
    errors = np.flatnonzero(out[:, -1])
    return out[:, :-1], int(errors[0]) if len(errors) else None
