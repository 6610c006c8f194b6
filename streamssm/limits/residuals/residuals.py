"""Residuals (Nerode classes of prefixes): the exact number of states that a stream requires at every cut.

A continuation *distinguishes* two prefixes of one length if the required answers after it differ; if answers
are required only at the end, the answer right after the last token counts as well. Any streaming algorithm
must be in different states after two distinguished prefixes. So the number of residuals (classes of prefixes
that no continuation distinguishes) at a cut is the exact number of states required there, and log2 of the
largest number is a lower bound on memory, in bits.

The streams are those of a `StreamShape`: composition in some block order with the keys of a block in order
(THEORY A7), N values and K functions. Cut t comes after t tokens. Then

    easy order (x, f1, ..., fK), any K >= 1     at most 2 N - 1: N images, or N - 1 keys that may still come
    (f1, x)                                     N^N, one per table
    N = 3: (f1, f2, x) and (f2, f1, x)          65 and 129

Source: Myhill and Nerode; E4; THEORY A7.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import BudgetError
from streamssm.limits.streams.packing import Packer, distinct
from streamssm.limits.streams.shapes import StreamShape, require_fields
from streamssm.program.program import Program

Array = NDArray[np.int64]
Progress = Callable[[int, int], None]

MAX_TRANSITIONS = 1 << 22
SLICE_STREAMS = 1 << 16  # lanes that run side by side, to bound memory


@dataclass(frozen=True)
class Residuals:
    """The exact number of residuals at every cut: ``counts[t]`` after t tokens."""

    name: str
    counts: tuple[int, ...]
    transitions: int

    @property
    def most(self) -> int:
        return max(self.counts)

    @property
    def bits(self) -> float:
        """The lower bound on memory: log2 of the largest number."""
        return log2(self.most)


def residuals(
    program: Program,
    shape: StreamShape,
    *,
    max_transitions: int = MAX_TRANSITIONS,
    progress: Progress = lambda done, whole: None,
) -> Residuals:
    """Count the residuals of a program's answers on the streams of a shape.

    The reachable states are collected forward, cut by cut, and merged backward from the last cut.

    Law: counts[t] == number of different functions (continuation -> answers) over all prefixes of length t.

    Parameters
    ----------
    program : gives the required answers; its encoding of the state does not matter, only the number of
        reachable states
    max_transitions : the largest number of (reachable state, token) pairs to follow
    progress : called with the number of tokens read so far, and the length

    Raises
    ------
    BudgetError
        If there are more transitions; the message names the cuts that were covered.

    Examples
    --------
    >>> from streamssm.algorithms import FunctionComposition
    >>> from streamssm.limits.streams.orders import parse_order, shape_of
    >>> program = FunctionComposition(3).program()
    >>> residuals(program, shape_of(parse_order("x,f1"), program.name, program.fields)).counts
    (1, 3, 5, 4, 3)
    """
    require_fields(shape, program.fields)
    levels = _forward(program, shape, max_transitions, progress)
    counts = _backward(levels, shape.every)
    return Residuals(program.name, counts, sum(level.after.size for level in levels))


@dataclass(frozen=True, eq=False)
class _Level:
    """All transitions from one cut to the next: states (n) by tokens (m)."""

    after: NDArray[np.intp]  # number of the next state
    answers: NDArray[np.intp]  # number of the outputs


def _forward(program: Program, shape: StreamShape, budget: int, progress: Progress) -> list[_Level]:
    """Return every level of reachable states, from the first cut on."""
    packer, levels, spent = Packer(program.registers), [], 0
    keys = packer.pack(np.array(program.initial, dtype=np.int64)[:, None])
    for cut, tokens in enumerate(shape.choices):
        spent += len(keys) * len(tokens)
        if spent > budget:
            raise BudgetError(
                f"cannot count the residuals of {program.name} exactly within {budget:,} transitions: there "
                f"are {spent:,} up to token {cut + 1} of {shape.length}. Covered are all prefixes of up to "
                f"{cut} tokens, which reach {len(keys):,} states; raise the budget, or sample a lower bound"
            )
        after, answers = _all_steps(program, packer, keys, tokens)
        keys, numbers = distinct(after)
        _, rows = np.unique(answers, axis=0, return_inverse=True)
        levels.append(_Level(numbers.reshape(-1, len(tokens)), rows.reshape(-1, len(tokens))))
        progress(cut + 1, shape.length)
    return levels


def _all_steps(
    program: Program, packer: Packer, keys: NDArray[np.uint64], tokens: Array
) -> tuple[NDArray[np.uint64], Array]:
    """Return the packed states and the outputs of every token (m) from every state (n), shape (n m, ...)."""
    after, answers = [], []
    at_once = max(1, SLICE_STREAMS // len(tokens))
    for start in range(0, len(keys), at_once):
        states = packer.unpack(keys[start : start + at_once])
        count = states.shape[1]
        lanes = program.lanes(count * len(tokens))
        lanes.state = np.repeat(states, len(tokens), axis=1)
        inputs = np.tile(tokens, (count, 1))
        answers.append(lanes.feed(inputs[None])[0])
        after.append(packer.pack(lanes.state))
    return np.concatenate(after), np.concatenate(answers)


def _backward(levels: list[_Level], every: bool) -> tuple[int, ...]:
    """Return the number of residuals at every cut, computed from the last cut back.

    A state's residual is the row of (next residual, answers) over all tokens; at the last token it is the
    row of answers alone.
    """
    last = levels[-1].answers
    counts = [1 if every else len(np.unique(last))]
    residual = np.zeros(1 + int(levels[-1].after.max()), dtype=np.intp)
    for cut in range(len(levels) - 1, -1, -1):
        level = levels[cut]
        row = residual[level.after]
        if every or cut == len(levels) - 1:
            row = row * (1 + int(level.answers.max())) + level.answers
        kinds, numbers = np.unique(row, axis=0, return_inverse=True)
        residual = numbers.reshape(-1)
        counts.append(len(kinds))
    return tuple(reversed(counts))
