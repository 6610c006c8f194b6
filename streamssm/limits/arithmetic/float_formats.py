"""Floating-point formats: the format of numbers, and the format in which sums are accumulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import ParameterError

Floats = NDArray[Any]


@dataclass(frozen=True)
class FloatFormat:
    """Numbers are stored in ``dtype``; sums of neurons and states are accumulated in ``sums``, then rounded.

    ``significand_bits`` counts the leading bit: every integer up to 2^significand_bits is represented
    exactly, and so is that integer divided by up to 2^``most_halvings``.
    """

    name: str
    dtype: np.dtype[Any]
    sums: np.dtype[Any]
    significand_bits: int
    sum_significand_bits: int
    most_halvings: int

    def rounded(self, values: Any) -> Floats:
        """Round numbers to the format."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(values).astype(self.dtype)

    def summed(self, values: Floats) -> Floats:
        """Convert numbers of the format to the format of sums."""
        return np.asarray(values).astype(self.sums)


def float_format(name: str) -> FloatFormat:
    """Return a format by its name, one of `NAMES`.

    "+sums32" accumulates sums in float32 and rounds once, as matrix units do; without it every product and
    every partial sum is rounded.

    Raises
    ------
    ParameterError
        For another name, or bfloat16 where ml_dtypes is not installed.

    >>> float_format("float16").significand_bits, float_format("float16+sums32").sum_significand_bits
    (11, 24)
    """
    base, plus, suffix = name.partition("+")
    if base not in SIGNIFICAND_BITS or (plus and suffix != "sums32"):
        raise ParameterError(f"a floating-point format must be one of {', '.join(NAMES)}, not {name!r}")
    dtype = _bfloat16() if base == "bfloat16" else np.dtype(base)
    bits, sums = SIGNIFICAND_BITS[base], np.dtype("float32") if plus else dtype
    return FloatFormat(name, dtype, sums, bits, 24 if plus else bits, MOST_HALVINGS[base])


SIGNIFICAND_BITS = {"bfloat16": 8, "float16": 11, "float32": 24, "float64": 53}
MOST_HALVINGS = {
    "bfloat16": 133,
    "float16": 24,
    "float32": 149,
    "float64": 1074,
}  # k: 2^-k is the least number
NAMES = ("bfloat16", "bfloat16+sums32", "float16", "float16+sums32", "float32", "float64")


def _bfloat16() -> np.dtype[Any]:
    try:
        import ml_dtypes
    except ImportError:
        raise ParameterError(
            "bfloat16 needs ml_dtypes, which is not installed: pip install 'streamssm[limits]'"
        ) from None
    dtype: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
    return dtype
