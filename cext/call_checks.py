"""Checks of the arguments of a kernel's call; each error names the argument."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from streamssm.cext.machine_checks import INT32_HI, INT32_LO
from streamssm.errors import ParameterError

Words = npt.NDArray[np.int64]
Column = npt.NDArray[np.integer[Any]]


def describe(value: object) -> str:
    """Describe an argument, for a message."""
    return f"{value.dtype} {value.shape}" if isinstance(value, np.ndarray) else type(value).__name__


def require_columns(columns: object, num_fields: int, ndim: int) -> list[Column]:
    """Return the columns as aligned arrays of native integers, all of one shape."""
    if not isinstance(columns, Sequence) or len(columns) != num_fields:
        got = f"{len(columns)} of them" if isinstance(columns, Sequence) else type(columns).__name__
        raise ParameterError(
            f"columns must be a sequence of {num_fields} arrays, one per token field, not {got}"
        )
    return [require_column(f"columns[{i}]", column, columns[0], ndim) for i, column in enumerate(columns)]


def require_column(name: str, column: object, first: Column, ndim: int) -> Column:
    """Return one column, converted only where its bytes are swapped or not aligned."""
    if not isinstance(column, np.ndarray) or column.dtype.kind not in "iu" or column.ndim != ndim:
        raise ParameterError(f"{name} must be an integer array of {ndim} dimensions, not {describe(column)}")
    if column.shape != first.shape:
        raise ParameterError(f"{name} must have the first column's shape {first.shape}, not {column.shape}")
    if column.dtype.isnative and column.flags.aligned:
        return column
    return column.astype(column.dtype.newbyteorder("="))


def require_num_tokens(columns: Sequence[Column], out: Column | None, num_tokens: int | None) -> int:
    """Return T, on which the columns, out and num_tokens must agree."""
    known = {len(array) for array in (*columns[:1], *([] if out is None else [out]))}
    known |= set() if num_tokens is None else {num_tokens}
    if len(known) != 1 or min(known) < 0:
        raise ParameterError(
            f"columns, out and num_tokens must agree on the number of tokens, not {sorted(known)}"
        )
    return known.pop()


def require_buffer(name: str, array: object, dtypes: str, shape: tuple[int | None, ...]) -> None:
    """Require a writable C-contiguous array of one of the dtypes; None in the shape stands for any length."""
    kinds = dtypes.split()
    if (
        not isinstance(array, np.ndarray)
        or array.dtype.name not in kinds
        or not array.dtype.isnative
        or not matches(array.shape, shape)
    ):
        sizes = ", ".join("any" if length is None else str(length) for length in shape)
        expected = f"an array of {' or '.join(kinds)} of shape ({sizes})"
        raise ParameterError(f"{name} must be {expected}, not {describe(array)}")
    if not (array.flags.c_contiguous and array.flags.writeable and array.flags.aligned):
        raise ParameterError(f"{name} must be C-contiguous, aligned and writable")


def matches(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    """Return whether the shape is the expected one; None stands for any length."""
    return len(shape) == len(expected) and all(w in (None, s) for s, w in zip(shape, expected, strict=True))


def require_words32(name: str, words: Words) -> None:
    """Require that every word fits 32 bits."""
    if words.size and (words.min() < INT32_LO or words.max() > INT32_HI):
        raise ParameterError(f"{name} must fit 32 bits where word_bits is 32")


def require_words(name: str, words: object, length: int) -> Words:
    """Return an int64 array of that length, C-contiguous."""
    if not isinstance(words, np.ndarray) or words.dtype != np.int64 or words.shape != (length,):
        raise ParameterError(f"{name} must be an int64 array of shape ({length},), not {describe(words)}")
    return np.ascontiguousarray(words)


def require_widths(bits: object, length: int) -> Words:
    """Return the widths of words in bits, each in [0, 64]."""
    widths = require_words("bits", bits, length)
    if length and (widths.min() < 0 or widths.max() > 64):
        raise ParameterError(f"bits must lie in [0, 64], not in [{widths.min()}, {widths.max()}]")
    return widths


def require_state_format(
    side: str, lo: object, bits: object, initial: object, num_state: int
) -> tuple[Words, Words, Words]:
    """Return lo, bits and the initial state of a side, whose words must lie in [lo, lo + 2^bits)."""
    lows = require_words(f"state_lo{side}", lo, num_state)
    widths = require_widths(bits, num_state)
    start = require_words(f"initial{side}", initial, num_state)
    for word, (low, width, value) in enumerate(
        zip(lows.tolist(), widths.tolist(), start.tolist(), strict=True)
    ):
        if not low <= value < low + (1 << width):
            range_text = f"[{low}, {low + (1 << width) - 1}]"
            raise ParameterError(f"initial{side} must have word {word} in {range_text}, not {value}")
    return lows, widths, start


def require_complex(
    name: str, array: object, shape: tuple[int | None, ...], dtype: np.dtype[Any] | None
) -> npt.NDArray[np.complexfloating[Any, Any]]:
    """Return an aligned C-contiguous array of complex64 or complex128; None stands for any."""
    kinds = ["complex64", "complex128"] if dtype is None else [dtype.name]
    if not isinstance(array, np.ndarray) or array.dtype.name not in kinds or not matches(array.shape, shape):
        sizes = ", ".join("any" if length is None else str(length) for length in shape)
        expected = f"an array of {' or '.join(kinds)} of shape ({sizes})"
        raise ParameterError(f"{name} must be {expected}, not {describe(array)}")
    return np.require(array, array.dtype.newbyteorder("="), ["C", "A"])


def require_keys(keys: object, labels: object) -> int:
    """Return the length of keys and labels, which must be contiguous uint64 arrays of one shape (B,)."""
    sizes = []
    for name, array in (("keys", keys), ("labels", labels)):
        if not isinstance(array, np.ndarray) or array.dtype != np.uint64 or array.ndim != 1:
            raise ParameterError(f"{name} must be a uint64 array (B,), not {describe(array)}")
        if not array.flags.c_contiguous or not array.flags.aligned:
            raise ParameterError(f"{name} must be contiguous and aligned, not in steps")
        sizes.append(len(array))
    if sizes[0] != sizes[1]:
        raise ParameterError(f"keys and labels must be as many, not {sizes[0]} and {sizes[1]}")
    return sizes[0]
