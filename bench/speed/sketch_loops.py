"""The sketches as plain loops over NumPy arrays, for numba to compile: peers of the kernels.

Each loop reads T items, leaves its state in the given arrays, and writes the algorithm's outputs after each
item.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.algorithms import CountMin, HyperLogLog, MisraGries

Words = NDArray[np.int64]


def count_min_arguments(sketch: CountMin) -> tuple[Any, ...]:
    indices = [[sketch.place(row, item) for row in range(sketch.depth)] for item in sketch.watched]
    counts = np.zeros(sketch.depth * sketch.width, np.int64)
    sizes = (sketch.word_bits, sketch.bits, sketch.limit)
    return np.array(sketch.hashes), *sizes, np.array(indices), counts


def count_min_loop(
    items: Words,
    out: Words,
    hashes: Words,
    word_bits: int,
    bits: int,
    limit: int,
    indices: Words,
    counts: Words,
) -> None:
    mask, dropped = (1 << word_bits) - 1, word_bits - bits
    for t in range(len(items)):
        for row in range(len(hashes)):
            index = (row << bits) + ((hashes[row, 0] * items[t] + hashes[row, 1] & mask) >> dropped)
            counts[index] = min(counts[index] + 1, limit)
        for watched in range(len(indices)):
            least = limit
            for row in range(len(hashes)):
                least = min(least, counts[indices[watched, row]])
            out[t, watched] = least


def hyper_log_log_arguments(sketch: HyperLogLog) -> tuple[Any, ...]:
    sizes = (sketch.item_bits, sketch.rest_bits, sketch.top, sketch.scale)
    constants = (np.array(sketch.multipliers), np.array(sketch.few))
    return *constants, *sizes, np.array([sketch.total, sketch.zeros]), np.zeros(sketch.size, np.int64)


def hyper_log_log_loop(
    items: Words,
    out: Words,
    multipliers: Words,
    few: Words,
    bits: int,
    rest_bits: int,
    top: int,
    scale: int,
    sums: Words,
    ranks: Words,
) -> None:
    half, mask = (bits + 1) // 2, (1 << bits) - 1
    total, zeros = sums[0], sums[1]
    for t in range(len(items)):
        code = items[t] ^ items[t] >> half
        for multiplier in multipliers:
            code = code * multiplier & mask
            code ^= code >> half
        index, remainder, rank = code >> rest_bits, code & ((1 << rest_bits) - 1), top
        while remainder:
            remainder >>= 1
            rank -= 1
        old = ranks[index]
        if rank > old:
            ranks[index] = rank
            total -= (1 << (top - old)) - (1 << (top - rank))
            zeros -= old == 0
        estimate = scale // total
        out[t, 0] = few[zeros] if zeros and 2 * estimate <= 5 * len(ranks) else estimate
    sums[0], sums[1] = total, zeros


def misra_gries_arguments(sketch: MisraGries) -> tuple[Any, ...]:
    empty = np.zeros(sketch.counters, np.int64)
    return sketch.limit, empty, empty.copy()


def misra_gries_loop(items: Words, out: Words, limit: int, held: Words, counts: Words) -> None:
    for t in range(len(items)):
        index = -1
        for i in range(len(counts)):
            if counts[i] and held[i] == items[t]:
                index = i
                break
            if index < 0 and counts[i] == 0:
                index = i
        if index >= 0:
            held[index] = items[t]
            counts[index] = min(counts[index] + 1, limit)
        else:
            for i in range(len(counts)):
                counts[i] -= 1
        largest = 0
        for i in range(len(counts)):
            if counts[i] > counts[largest]:
                largest = i
        out[t, 0], out[t, 1] = held[largest], counts[largest]
