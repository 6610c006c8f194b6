"""Shrink a differing stream to a short one with small fields, by delta debugging.

Source: Zeller and Hildebrandt, *Simplifying and isolating failure-inducing input*, 2002.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from streamssm.equivalences.checking.runners import Ints, first_error_or_outputs, output_rows
from streamssm.equivalences.checking.sides import ExecutionMode, Side, Token, Values
from streamssm.errors import PrecisionError
from streamssm.ir.words import Word

Stream = tuple[Token, ...]
BUDGET_TOKENS = {True: 20_000_000, False: 1_000_000}  # kernels on both sides, or plain Python on one


def shrink(
    a: Side, b: Side, ways: tuple[ExecutionMode, ExecutionMode], stream: Sequence[Token]
) -> Stream | None:
    """Return a short stream on which the sides differ at the last token; None if they agree on ``stream``."""
    oracle = _Oracle(a, b, ways)
    shortest = oracle.cut(tuple(stream))
    if shortest is None:
        return None
    while True:
        before = shortest
        shortest = _drop_tokens(oracle, shortest)
        shortest = _simplify_fields(oracle, shortest)
        if shortest == before or oracle.exhausted:
            return shortest


class _Oracle:
    """The test of candidate streams: the first difference of two sides, within a budget of tokens."""

    def __init__(self, a: Side, b: Side, ways: tuple[ExecutionMode, ExecutionMode]) -> None:
        self.fields = a.fields
        self._sides = ((a, ways[0]), (b, ways[1]))
        self._begin_differs = a.begin != b.begin
        self._left = BUDGET_TOKENS[a.instance is None and b.instance is None]

    @property
    def exhausted(self) -> bool:
        return self._left <= 0

    def cut(self, stream: Stream) -> Stream | None:
        """Return the stream up to its first difference, or None if there is none."""
        if self._begin_differs:
            return ()
        self._left -= len(stream) + 1
        tokens = np.array(stream, dtype=np.int64).reshape(len(stream), len(self.fields))
        (out_a, error_a), (out_b, error_b) = (_run(side, way, tokens) for side, way in self._sides)
        end = min(len(stream) if error is None else error for error in (error_a, error_b))
        differences = np.flatnonzero((out_a[:end] != out_b[:end]).any(axis=1))
        if len(differences):
            return stream[: int(differences[0]) + 1]
        return None if error_a == error_b else stream[: end + 1]


def _run(side: Side, way: ExecutionMode, tokens: Ints) -> tuple[Ints, int | None]:
    if way is not ExecutionMode.CLASS:
        return first_error_or_outputs(side.transducers[way], tokens)
    step, state, rows = side.steps[way], side.initial, list[Values]()
    for token in tokens.tolist():
        try:
            state, outputs = step(state, token)
        except PrecisionError:
            return output_rows(rows, side.num_outputs), len(rows)
        rows.append(outputs)
    return output_rows(rows, side.num_outputs), None


def _drop_tokens(oracle: _Oracle, stream: Stream) -> Stream:
    """Remove runs of tokens, long runs first."""
    size = len(stream) // 2
    while size and not oracle.exhausted:
        start = 0
        while start < len(stream) and not oracle.exhausted:
            shorter = oracle.cut(stream[:start] + stream[start + size :])
            if shorter is None:
                start += size
            else:
                stream = shorter
        size //= 2
    return stream


def _simplify_fields(oracle: _Oracle, stream: Stream) -> Stream:
    """Replace the fields of each token by smaller values."""
    position = 0
    while position < len(stream) and not oracle.exhausted:
        for index, word in enumerate(oracle.fields):
            if position >= len(stream):
                break
            for value in _simpler(word, stream[position][index]):
                token = (*stream[position][:index], value, *stream[position][index + 1 :])
                simpler = oracle.cut((*stream[:position], token, *stream[position + 1 :]))
                if simpler is not None:
                    stream = simpler
                    break
        position += 1
    return stream


def _simpler(word: Word, value: int) -> Iterator[int]:
    """Yield simpler values for a field, the simplest first."""
    plain = min(max(0, word.range.lo), word.range.hi)
    distance = value - plain
    for part in (0, 1, -1, distance // 2 if distance > 0 else -(-distance // 2)):
        candidate = plain + part
        if word.range.holds(candidate) and abs(part) < abs(distance):
            yield candidate
