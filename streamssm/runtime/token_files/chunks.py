"""Chunks, the output of every reader: tokens that fit their fields, and the place in the input after them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import TokenError
from streamssm.ir.words import Word


@dataclass(frozen=True)
class Place:
    """A point between two tokens: tokens and bytes before it, and the number of the next line, from 1."""

    position: int = 0
    offset: int = 0
    line: int = 1


@dataclass(frozen=True)
class Chunk:
    """Consecutive tokens: one array of shape (T,) per field, and the place after the last of them."""

    columns: list[NDArray[Any]]
    end: Place

    @property
    def length(self) -> int:
        return len(self.columns[0])


def first_misfit(fields: Sequence[Word], columns: Sequence[NDArray[Any]]) -> tuple[int, int] | None:
    """Return (index, field) of the first token that leaves a range; None if all fit."""
    first: tuple[int, int] | None = None
    for number, (word, column) in enumerate(zip(fields, columns, strict=True)):
        if not len(column) or (word.range.holds(int(column.min())) and word.range.holds(int(column.max()))):
            continue
        lo, hi = _clipped(column, word)
        index = int(np.flatnonzero((column < lo) | (column > hi))[0])
        if first is None or index < first[0]:
            first = (index, number)
    return first


def _clipped(column: NDArray[Any], word: Word) -> tuple[int, int]:
    """Return the range within the bounds of the column's dtype."""
    info = np.iinfo(column.dtype)
    if word.range.hi < info.min or word.range.lo > info.max:  # nothing fits
        return int(info.max), int(info.min)
    return max(word.range.lo, int(info.min)), min(word.range.hi, int(info.max))


def fitting(
    fields: Sequence[Word],
    columns: list[NDArray[Any]],
    place_after: Callable[[int], Place],
    where: Callable[[int], str],
    chunk_tokens: int,
) -> Iterator[Chunk]:
    """Yield the tokens in chunks of at most ``chunk_tokens``; then raise TokenError for a misfit.

    ``place_after(count)`` is the place after the first ``count`` tokens, ``where(index)`` names a token.
    """
    misfit = first_misfit(fields, columns)
    length = len(columns[0]) if misfit is None else misfit[0]
    for start in range(0, length, chunk_tokens):
        stop = min(start + chunk_tokens, length)
        yield Chunk([column[start:stop] for column in columns], place_after(stop))
    if misfit is not None:
        index, number = misfit
        word, value = fields[number], int(columns[number][index])
        raise TokenError(f"{where(index)}: field '{word.name}' must be in {word.range}, not {value}")
