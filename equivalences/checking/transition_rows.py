"""Rows of a side's transition table, computed once: the steps of a state on every token of a block."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.checking.runners import Flags, Ints, output_rows, with_error_output
from streamssm.equivalences.checking.sides import ExecutionMode, Side, Token, Values
from streamssm.errors import PrecisionError
from streamssm.ir.words import Word
from streamssm.runtime.execution import compiled

BLOCK_TOKENS = 1 << 14


class TokenSpace:
    """All tokens of some fields in lexicographic order, in blocks."""

    def __init__(self, fields: Sequence[Word]) -> None:
        self._fields = tuple(fields)
        self.size = 1
        for word in fields:
            self.size *= word.range.size

    @property
    def num_blocks(self) -> int:
        return -(-self.size // BLOCK_TOKENS)

    def block(self, number: int) -> list[Ints]:
        """Return the tokens of a block, one column per field."""
        start = number * BLOCK_TOKENS
        digits = range(start, min(start + BLOCK_TOKENS, self.size))
        # beyond 63 bits numpy needs Python ints
        quotient = np.array(digits, dtype=object if self.size >> 62 else np.int64)
        columns = []
        for word in reversed(self._fields):
            columns.append((quotient % word.range.size + word.range.lo).astype(np.int64))
            quotient = quotient // word.range.size
        return columns[::-1]

    def token(self, index: int) -> Token:
        """Return the token at an index of the order."""
        values: list[int] = []
        for word in reversed(self._fields):
            values.append(index % word.range.size + word.range.lo)
            index //= word.range.size
        return tuple(values[::-1])


@dataclass(frozen=True, eq=False)
class TransitionRow:
    """Next states as numbers, outputs (tokens, W), and the tokens on which the side stops with an error."""

    successors: NDArray[np.int64]
    outputs: Ints
    errors: Flags


class Rows(ABC):
    """A side's states, numbered in the order of discovery (the initial one is 0), and their rows."""

    def __init__(self, side: Side, tokens: TokenSpace) -> None:
        self._tokens = tokens
        self._number: dict[Values, int] = {side.initial: 0}
        self._states = [side.initial]
        self._known: dict[tuple[int, int], TransitionRow] = {}

    def row(self, number: int, block: int) -> TransitionRow:
        """Return the steps of a state on a block of tokens."""
        key = (number, block)
        if key not in self._known:
            self._known[key] = self._compute(self._states[number], self._tokens.block(block))
        return self._known[key]

    def _numbers(self, states: Sequence[Values]) -> NDArray[np.int64]:
        return np.array([self._intern(state) for state in states], dtype=np.int64)

    def _intern(self, state: Values) -> int:
        number = self._number.setdefault(state, len(self._states))
        if number == len(self._states):
            self._states.append(state)
        return number

    @abstractmethod
    def _compute(self, state: Values, columns: list[Ints]) -> TransitionRow: ...


class ClassRows(Rows):
    """Rows of an algorithm as plain Python."""

    def __init__(self, side: Side, tokens: TokenSpace) -> None:
        super().__init__(side, tokens)
        self._step = side.steps[ExecutionMode.CLASS]
        self._num_outputs = side.num_outputs

    def _compute(self, state: Values, columns: list[Ints]) -> TransitionRow:
        tokens = zip(*(column.tolist() for column in columns), strict=True) if columns else [()]
        states: list[Values] = []
        outputs: list[Values] = []
        errors: list[bool] = []
        for token in tokens:
            try:
                state_after, words = self._step(state, token)
                errors.append(False)
            except PrecisionError:
                state_after, words = state, (0,) * self._num_outputs
                errors.append(True)
            states.append(state_after)
            outputs.append(words)
        return TransitionRow(self._numbers(states), output_rows(outputs, self._num_outputs), np.array(errors))


class KernelRows(Rows):
    """Rows of a transducer, with the tokens of a block in lanes."""

    def __init__(self, side: Side, way: ExecutionMode, tokens: TokenSpace) -> None:
        super().__init__(side, tokens)
        transducer = side.transducers[way]
        self._flagged = with_error_output(transducer)
        self._can_stop = transducer.error is not None

    def _compute(self, state: Values, columns: list[Ints]) -> TransitionRow:
        size = len(columns[0]) if columns else 1
        after = np.repeat(np.array(state, dtype=np.int64)[:, None], size, axis=1)
        outputs = np.empty((1, size, len(self._flagged.outputs)), dtype=np.int64)
        machine = compiled(self._flagged).machine
        machine.run_lanes([column[None] for column in columns], after, outputs, num_tokens=1)
        if self._can_stop:
            words, errors = outputs[0, :, :-1], outputs[0, :, -1] != 0
            after[:, errors] = np.array(state, dtype=np.int64)[:, None]
        else:
            words, errors = outputs[0], np.zeros(size, dtype=np.bool_)
        states = list(zip(*after.tolist(), strict=True)) if len(after) else [()] * size
        return TransitionRow(self._numbers(states), words, errors)


def rows_of(side: Side, way: ExecutionMode, tokens: TokenSpace) -> Rows:
    return ClassRows(side, tokens) if way is ExecutionMode.CLASS else KernelRows(side, way, tokens)
