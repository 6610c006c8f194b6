"""Composition in a block order: the lower bound in bits, and the memory of algorithms next to it.

The memory of an algorithm is comparable only if its answers are right, so it is run on the order's streams:
on all of them if they are few, otherwise on random ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamssm.algorithms import FunctionComposition, StoredComposition
from streamssm.frontends.algorithm import Algorithm
from streamssm.limits.residuals.fooling_set import FoolingSet, fooling_set
from streamssm.limits.residuals.residuals import MAX_TRANSITIONS, Progress, Residuals, residuals
from streamssm.limits.streams.orders import BlockOrder, shape_of
from streamssm.limits.streams.shapes import StreamShape
from streamssm.program.program import Program

MOST_STREAMS = 1 << 14


@dataclass(frozen=True)
class OrderRun:
    """An algorithm on the streams of an order: its memory, and the number of streams it answers correctly."""

    name: str
    memory_bits: int
    streams: int
    right: int
    all_streams: bool

    @property
    def is_right(self) -> bool:
        return self.right == self.streams


def task_program(order: BlockOrder, n: int) -> Program:
    """Return a program that is right in an order: with two words in the easy order, else with tables."""
    algorithm: Algorithm = FunctionComposition(n) if order.is_easy else StoredComposition(n, order.k)
    return algorithm.program()


def order_residuals(
    order: BlockOrder,
    n: int,
    *,
    max_transitions: int = MAX_TRANSITIONS,
    progress: Progress = lambda done, whole: None,
) -> Residuals:
    """Return the exact number of residuals of composing K functions on [0, n) in an order; see `residuals`.

    >>> from streamssm.limits.streams.orders import parse_order
    >>> [order_residuals(parse_order(order), 3).most for order in ("x,f1,f2", "f1,f2,x", "f2,f1,x")]
    [5, 65, 129]
    """
    program = task_program(order, n)
    shape = shape_of(order, program.name, program.fields)
    return residuals(program, shape, max_transitions=max_transitions, progress=progress)


def order_fooling_sets(
    order: BlockOrder, n: int, *, prefixes: int, continuations: int = 1 << 6, seed: int = 0
) -> tuple[FoolingSet, ...]:
    """Sample a fooling set at every cut of an order; see `fooling_set`."""
    program = task_program(order, n)
    shape = shape_of(order, program.name, program.fields)
    return tuple(
        fooling_set(program, shape, cut, prefixes=prefixes, continuations=continuations, seed=seed)
        for cut in range(shape.length)
    )


def run_on_order(program: Program, order: BlockOrder, *, seed: int = 0) -> OrderRun:
    """Run a program on streams of an order, and compare its last outputs with f_K(...f_1(x)).

    >>> from streamssm.limits.streams.orders import parse_order
    >>> once = run_on_order(FunctionComposition(2).program(), parse_order("f1,x"))
    >>> once.memory_bits, once.right, once.streams, once.all_streams
    (2, 6, 8, True)
    """
    shape = shape_of(order, program.name, program.fields)
    whole = shape.count(0, shape.length) <= MOST_STREAMS
    streams = shape.some(np.random.default_rng(seed), MOST_STREAMS, 0, shape.length)
    answers = program.lanes(streams.shape[1]).feed(streams)[-1, :, 0]
    right = int((answers == composed(order, shape, streams)).sum())
    return OrderRun(program.name, program.memory_bits, len(answers), right, whole)


def composed(order: BlockOrder, shape: StreamShape, streams: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return f_K(...f_1(x)) of streams (T, B, F), looked up in their tables."""
    image = [word.name for word in shape.fields].index("image")
    n = shape.fields[image].range.size
    images, tables, position = streams[:, :, image], {}, 0
    for block in order.blocks:
        length = n if block else 1
        tables[block] = images[position : position + length]
        position += length
    value: NDArray[np.int64] = tables[0][0]
    for block in range(1, order.k + 1):
        value = np.take_along_axis(tables[block], value[None], axis=0)[0]
    return value
