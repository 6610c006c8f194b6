"""Checks of a recurrence's arrays, before a kernel reads them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from streamssm.cext.call_checks import describe, require_buffer
from streamssm.errors import ParameterError

LAYOUTS = ("diagonal", "dense", "monomial", "householder")
FORMAT_ROWS = 5  # lo, hi, shift, nearest, overflow
ERROR, SATURATE, WRAP, CYCLE = range(4)
STORAGE = "int8 int16 int32 int64"
MAX_BITS = 60


class Checked(NamedTuple):
    """Contiguous arrays and the sizes that follow from them."""

    gates: npt.NDArray[Any]
    formats: npt.NDArray[np.int64]
    dim: int
    layout: int


def num_gates(layout: str, dim: int, reflections: int) -> int:
    """Return how many gates a step has: the entries, and an increment per word."""
    entries = {
        "diagonal": dim,
        "dense": dim * dim,
        "monomial": 2 * dim,
        "householder": reflections * (dim + 1),
    }
    return entries[layout] + dim


def check_gates(
    gates: object, formats: object, layout: str = "diagonal", reflections: int = 0, fraction_bits: int = 0
) -> Checked:
    """Require gates (T, G) of the layout and formats (5, d)."""
    if layout not in LAYOUTS:
        raise ParameterError(f"layout must be one of {', '.join(LAYOUTS)}, not {layout!r}")
    if not 0 <= reflections < 1 << 31 or not 0 <= fraction_bits <= MAX_BITS:
        raise ParameterError(f"reflections and fraction bits must not be {reflections} and {fraction_bits}")
    if not isinstance(formats, np.ndarray) or formats.dtype != np.int64 or formats.ndim != 2:
        raise ParameterError(f"formats must be an int64 array ({FORMAT_ROWS}, d), not {describe(formats)}")
    if formats.shape[0] != FORMAT_ROWS:
        raise ParameterError(f"formats must have {FORMAT_ROWS} rows, not {formats.shape[0]}")
    dim = int(formats.shape[1])
    checked_gates = _require_gates(gates, num_gates(layout, dim, reflections))
    _require_formats(formats, checked_gates.dtype.itemsize * 8)
    return Checked(checked_gates, np.ascontiguousarray(formats), dim, LAYOUTS.index(layout))


def _require_gates(gates: object, width: int) -> npt.NDArray[Any]:
    if (
        not isinstance(gates, np.ndarray)
        or gates.dtype.name not in STORAGE.split()
        or gates.ndim != 2
        or gates.shape[1] != width
    ):
        raise ParameterError(f"gates must be an array (T, {width}) of {STORAGE}, not {describe(gates)}")
    if not (gates.flags.c_contiguous and gates.flags.aligned and gates.dtype.isnative):
        return np.ascontiguousarray(gates, dtype=gates.dtype.newbyteorder("="))
    return gates


def _require_formats(formats: npt.NDArray[np.int64], bits: int) -> None:
    max_shift = 2 * bits - 2 if bits < 64 else MAX_BITS
    ends = max(-(1 << MAX_BITS), -(1 << bits - 1)), min(1 << MAX_BITS, (1 << bits - 1) - 1)
    lo, hi, dropped, nearest, overflow = formats
    fits = (ends[0] <= lo) & (lo <= hi) & (hi <= ends[1])
    _require_all(fits, formats, f"must have a range that fits int{bits}, not [{{0}}, {{1}}]")
    in_range = (dropped >= 0) & (dropped <= max_shift)
    _require_all(in_range, formats, f"must drop 0 to {max_shift} bits where gates are int{bits}, not {{2}}")
    known = (nearest >= 0) & (nearest <= 1) & (overflow >= ERROR) & (overflow <= CYCLE)
    _require_all(known, formats, "must have known rounding and overflow, not {3} and {4}")
    wraps = (overflow != WRAP) | ((hi - lo + 1) & (hi - lo) == 0)
    _require_all(wraps, formats, "must have 2^bits values to wrap, not range over [{0}, {1}]")


def _require_all(holds: npt.NDArray[np.bool_], formats: npt.NDArray[np.int64], text: str) -> None:
    if not holds.all():
        word = int(np.argmin(holds))
        raise ParameterError(f"word {word} {text.format(*formats[:, word].tolist())}")


def check_scan(checked: Checked, state: object, out: object) -> None:
    """Require a state within its range, and room for the states."""
    require_buffer("state", state, "int64", (checked.dim,))
    require_buffer("out", out, checked.gates.dtype.name, (len(checked.gates), checked.dim))
    if np.any(state < checked.formats[0]) or np.any(state > checked.formats[1]):
        raise ParameterError("state must lie in the ranges of its words")


def check_word(checked: Checked, word: int) -> int:
    """Require that there is such a word."""
    if not 0 <= word < checked.dim:
        raise ParameterError(f"word must be one of {checked.dim}, not {word}")
    return word
