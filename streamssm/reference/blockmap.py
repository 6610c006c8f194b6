"""Twin of ``streamssm.cext.blockmap``: recurrences and block maps, one Python integer at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from streamssm.ir.ranges import Range
from streamssm.ssm.blocks.clamp import ClampMap
from streamssm.ssm.blocks.shift import ShiftMap
from streamssm.ssm.formats import NumberFormat, Overflow, Rounding

Ints = npt.NDArray[np.integer[Any]]
Int64s = npt.NDArray[np.int64]
Row = list[int]

OVERFLOWS = (Overflow.ERROR, Overflow.SATURATE, Overflow.WRAP, Overflow.CYCLE)
ROUNDINGS = (Rounding.FLOOR, Rounding.NEAREST)


def scan(
    gates: Ints,
    formats: Int64s,
    state: Int64s,
    out: Ints,
    *,
    layout: str = "diagonal",
    reflections: int = 0,
    fraction_bits: int = 0,
    level: int | None = None,
) -> int:
    """Run h = settle(round(A h) + B) over all steps; see the kernel."""
    words, h = _formats(formats), state.tolist()
    dim = len(words)
    for position, row in enumerate(gates.tolist()):
        sums = _product(layout, row[:-dim] if dim else [], h, reflections, fraction_bits)
        if sums is None:
            return position
        added = zip(words, formats[2].tolist(), sums, row[len(row) - dim :], strict=True)
        after = [form.apply_overflow(form.rounded(total, shift) + b) for form, shift, total, b in added]
        if not all(form.range.holds(value) for form, value in zip(words, after, strict=True)):
            return position
        h = after
        state[:], out[position] = h, h
    return len(gates)


def compose_affine(gates: Ints, formats: Int64s, *, level: int | None = None) -> Int64s:
    """Return slope and offset of every word; see the kernel."""
    bits = min(16 * gates.dtype.itemsize, 64)
    maps = [_affine(gates, word) for word in range(formats.shape[1])]
    return _columns([[_signed(value, bits) for value in pair] for pair in maps], 2)


def compose_line(gates: Ints, formats: Int64s, *, level: int | None = None) -> Int64s:
    """Return slope, offset, low and high of every word; see the kernel."""
    return _columns([_line(gates, formats, word) for word in range(formats.shape[1])], 4)


def compose_cycle(gates: Ints, formats: Int64s, word: int) -> Int64s:
    """Return slope and offset modulo the number of the word's values; see the kernel."""
    modulus = int(formats[1, word] - formats[0, word]) + 1
    return np.array([value % modulus for value in _affine(gates, word)], dtype=np.int64)


def compose_clamp(gates: Ints, formats: Int64s, word: int) -> Int64s:
    """Return slope, at, value, low and high; see the kernel."""
    clamp = ClampMap.identity(_formats(formats)[word].range)
    for a, b in _of_word(gates, word):
        clamp = clamp.stepped(a, b)
    return np.array([clamp.slope, clamp.at, clamp.value, clamp.low, clamp.high], dtype=np.int64)


def compose_shift(gates: Ints, formats: Int64s, word: int) -> Int64s:
    """Return falling, shift, remainder, base, low and high; see the kernel."""
    form, shift = _formats(formats)[word], int(formats[2, word])
    f = ShiftMap.identity(form.range)
    for a, b in _of_word(gates, word):
        f = f.stepped(a, shift, form.rounding, b)
    return np.array([f.falling, f.shift, f.remainder, f.base, f.low, f.high], dtype=np.int64)


def compose_table(gates: Ints, formats: Int64s, word: int) -> Int64s:
    """Return the image of each state; see the kernel."""
    form, shift = _formats(formats)[word], int(formats[2, word])
    lo, hi = form.range.lo, form.range.hi
    distinct = np.arange(lo, hi + 1, dtype=np.int64)
    index = np.arange(hi - lo + 1)
    for a, b in _of_word(gates, word):
        sums = (form.apply_overflow(form.rounded(a * h, shift) + b) for h in distinct.tolist())
        after = np.array([min(max(total, lo), hi) for total in sums], dtype=np.int64)
        distinct, new_index = np.unique(after, return_inverse=True)
        index = new_index[index]
    return np.array([distinct[entry] for entry in index.tolist()], dtype=np.int64)


def compose_matrix(gates: Ints, formats: Int64s, *, layout: str, reflections: int = 0) -> Int64s:
    """Return matrix and offsets modulo 2^64; see the kernel."""
    dim = formats.shape[1]
    columns = [[int(i == j) for i in range(dim)] for j in range(dim + 1)]
    for row in gates.tolist():
        columns = [_product(layout, row[:-dim], column, reflections, 0) or [0] * dim for column in columns]
        columns[-1] = [total + b for total, b in zip(columns[-1], row[-dim:], strict=True)]
    return _columns([[_signed(value, 64) for value in column] for column in columns], dim)


def _formats(formats: Int64s) -> list[NumberFormat]:
    columns = zip(*formats.tolist(), strict=True)
    return [
        NumberFormat(Range(lo, hi), rounding=ROUNDINGS[nearest], overflow=OVERFLOWS[overflow])
        for lo, hi, _, nearest, overflow in columns
    ]


def _of_word(gates: Ints, word: int) -> Iterator[tuple[int, int]]:
    """Yield entry and increment of one word of a diagonal transition."""
    dim = gates.shape[1] // 2
    return zip(gates[:, word].tolist(), gates[:, dim + word].tolist(), strict=True)


def _affine(gates: Ints, word: int) -> tuple[int, int]:
    slope, offset = 1, 0
    for a, b in _of_word(gates, word):
        slope, offset = a * slope, a * offset + b
    return slope, offset


def _line(gates: Ints, formats: Int64s, word: int) -> Row:
    lo, hi = (int(end) for end in formats[:2, word])
    cap = 2 * max(abs(lo), abs(hi))
    slope, offset, low, high = 1, 0, lo, hi
    for a, b in _of_word(gates, word):
        slope, offset = slope * a, min(max(offset * a + b, -cap), cap)
        low, high = sorted(min(max(a * end + b, lo), hi) for end in (low, high))
    return [slope, offset, low, high]


def _product(layout: str, entries: Row, h: Row, reflections: int, fraction_bits: int) -> Row | None:
    """Return A h exactly; None where an entry is not of its layout."""
    dim = len(h)
    if layout == "diagonal":
        return [a * word for a, word in zip(entries, h, strict=True)]
    if layout == "dense":
        return [_dot(entries[start : start + dim], h) for start in range(0, dim * dim, dim)]
    if layout == "monomial":
        return _monomial(entries[:dim], entries[dim:], h)
    return _householder(entries, h, reflections, fraction_bits)


def _monomial(targets: Row, entries: Row, h: Row) -> Row | None:
    sums = [0] * len(h)
    for target, entry, word in zip(targets, entries, h, strict=True):
        if not 0 <= target < len(h):
            return None
        sums[target] += entry * word
    return sums


def _householder(entries: Row, h: Row, reflections: int, fraction_bits: int) -> Row | None:
    reflected = h
    for k in range(reflections):
        *v, beta = entries[k * (len(h) + 1) : (k + 1) * (len(h) + 1)]
        if beta * _dot(v, v) not in (0, 2 << fraction_bits):
            return None
        along = beta * _dot(v, reflected)
        reflected = [(word << fraction_bits) - along * part for word, part in zip(reflected, v, strict=True)]
    return reflected


def _dot(a: Row, b: Row) -> int:
    return sum(x * y for x, y in zip(a, b, strict=True))


def _signed(value: int, bits: int) -> int:
    half = 1 << (bits - 1)
    return (value + half) % (2 * half) - half


def _columns(rows: list[Row], height: int) -> Int64s:
    columns: Int64s = np.array(rows, dtype=np.int64).reshape(len(rows), height).T.copy()
    return columns
