"""Snapshots: a state as raw bits and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from streamssm.cext import bitpack
from streamssm.ir.words import Word, require_state


def pack(words: Sequence[Word], state: Sequence[int]) -> bytes:
    """Return the state in exactly ``ceil(bits / 8)`` bytes, word after word, least significant bit first."""
    require_state(words, state)
    return bitpack.pack(np.array(state, dtype=np.int64), _lows(words), _bits(words))


def unpack(words: Sequence[Word], data: bytes) -> tuple[int, ...]:
    """Return the state of a snapshot; FormatError if its length, a word or the padding is invalid."""
    highs = np.array([word.range.hi for word in words], dtype=np.int64)
    return tuple(int(value) for value in bitpack.unpack(data, _lows(words), _bits(words), highs))


def _lows(words: Sequence[Word]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([word.range.lo for word in words], dtype=np.int64)


def _bits(words: Sequence[Word]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([word.bits for word in words], dtype=np.int64)
