"""The form of a word's block map, from its number format and the entries that drive it.

error, whole entries         affine modulo 2^bits
wrap, whole entries          affine modulo 2^bits
cycle                        affine modulo the number of values
saturate, entries -1, 0, 1   a clamped line of slope -1, 0 or 1
saturate, whole entries      a clamped line
error or saturate, +-2^-k    a clamped shift
anything else                a table
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.ir.ranges import Range
from streamssm.ssm.formats import NumberFormat, Overflow


class Form(str, Enum):
    """The representations of a word's block map."""

    AFFINE = "affine"
    CYCLE = "cycle"
    LINE = "line"
    CLAMP = "clamp"
    SHIFT = "shift"
    TABLE = "table"


def word_form(form: NumberFormat, fraction_bits: int, entries: Range) -> Form | None:
    """Return a word's form if the range of its entries decides it; None if it depends on the entries.

    ``entries`` are in units of ``2**-fraction_bits``.
    """
    if form.overflow is Overflow.CYCLE:
        return Form.CYCLE
    if fraction_bits and not entries.is_constant:
        return None
    if fraction_bits:
        return form_of_entries(form, fraction_bits, [np.array([entries.lo], dtype=np.int64)])
    if form.overflow is not Overflow.SATURATE:
        return Form.AFFINE
    return Form.LINE if Range(-1, 1).covers(entries) else Form.CLAMP


def form_of_entries(form: NumberFormat, fraction_bits: int, entries: Sequence[NDArray[Any]]) -> Form:
    """Return the form of a word whose entries have fraction bits; the arrays hold all entries of a stream."""
    if form.overflow is not Overflow.WRAP and all(_are_powers(part, fraction_bits) for part in entries):
        return Form.SHIFT
    if not all(_are_whole(part, fraction_bits) for part in entries):
        return Form.TABLE
    return Form.CLAMP if form.overflow is Overflow.SATURATE else Form.AFFINE


def _are_powers(entries: NDArray[Any], fraction_bits: int) -> bool:
    sizes = np.abs(entries.astype(np.int64))
    return not np.any(sizes & (sizes - 1)) and not np.any(sizes > 1 << fraction_bits)


def _are_whole(entries: NDArray[Any], fraction_bits: int) -> bool:
    return not np.any(entries.astype(np.int64) & ((1 << fraction_bits) - 1))
