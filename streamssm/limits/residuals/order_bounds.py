"""Composition in a block order: the bits that it needs, beside the bits that algorithms take.

An algorithm's memory says something only where its answers are right, so it is run on the order's streams: on
all of them where they are few, otherwise on random ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamssm.algorithms import FunctionComposition, StoredComposition
from streamssm.frontends.algorithm import Algorithm
from streamssm.limits.residuals.fooling_set import ToldApart, told_apart
from streamssm.limits.residuals.residuals import MAX_TRANSITIONS, Progress, Residuals, residuals
from streamssm.limits.streams.orders import BlockOrder, shape_of
from streamssm.limits.streams.shapes import StreamShape
from streamssm.program.program import Program

MOST_STREAMS = 1 << 14


@dataclass(frozen=True)
class Beside:
    """An algorithm on the streams of an order: its memory, and on how many of them its answer is right."""

    name: str
    memory_bits: int
    streams: int
    right: int
    all_streams: bool

    @property
    def is_right(self) -> bool:
        return self.right == self.streams


def task_program(order: BlockOrder, n: int) -> Program:
    """Return a program that is right in an order: two words in the easy one, else the tables."""
    found: Algorithm = FunctionComposition(n) if order.is_easy else StoredComposition(n, order.k)
    return found.program()


def order_residuals(
    order: BlockOrder,
    n: int,
    *,
    max_transitions: int = MAX_TRANSITIONS,
    progress: Progress = lambda done, whole: None,
) -> Residuals:
    """Count the residuals of composing K functions on [0, n) in an order, exactly; see `residuals`.

    >>> from streamssm.limits.streams.orders import parse_order
    >>> [order_residuals(parse_order(order), 3).most for order in ("x,f1,f2", "f1,f2,x", "f2,f1,x")]
    [5, 65, 129]
    """
    program = task_program(order, n)
    shape = shape_of(order, program.name, program.fields)
    return residuals(program, shape, max_transitions=max_transitions, progress=progress)


def order_told_apart(
    order: BlockOrder, n: int, *, prefixes: int, continuations: int = 1 << 6, seed: int = 0
) -> tuple[ToldApart, ...]:
    """Sample every cut of an order; see `told_apart`."""
    program = task_program(order, n)
    shape = shape_of(order, program.name, program.fields)
    return tuple(
        told_apart(program, shape, cut, prefixes=prefixes, continuations=continuations, seed=seed)
        for cut in range(shape.length)
    )


def beside(program: Program, order: BlockOrder, *, seed: int = 0) -> Beside:
    """Run a program on streams of an order, and compare its last outputs with f_K(...f_1(x)).

    >>> from streamssm.limits.streams.orders import parse_order
    >>> once = beside(FunctionComposition(2).program(), parse_order("f1,x"))
    >>> once.memory_bits, once.right, once.streams, once.all_streams
    (2, 6, 8, True)
    """
    shape = shape_of(order, program.name, program.fields)
    whole = shape.count(0, shape.length) <= MOST_STREAMS
    streams = shape.some(np.random.default_rng(seed), MOST_STREAMS, 0, shape.length)
    answers = program.lanes(streams.shape[1]).feed(streams)[-1, :, 0]
    right = int((answers == composed(order, shape, streams)).sum())
    return Beside(program.name, program.memory_bits, len(answers), right, whole)


def composed(order: BlockOrder, shape: StreamShape, streams: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return f_K(...f_1(x)) of streams (T, B, F), looked up in their tables."""
    image = [word.name for word in shape.fields].index("image")
    n = shape.fields[image].range.size
    images, tables, place = streams[:, :, image], {}, 0
    for block in order.blocks:
        length = n if block else 1
        tables[block] = images[place : place + length]
        place += length
    value: NDArray[np.int64] = tables[0][0]
    for block in range(1, order.k + 1):
        value = np.take_along_axis(tables[block], value[None], axis=0)[0]
    return value
