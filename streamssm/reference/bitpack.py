"""Twin of ``streamssm.cext.bitpack``: words as raw bits, one big integer at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from streamssm.errors import FormatError, ParameterError

Int64s = npt.NDArray[np.int64]


def pack(values: Int64s, lo: Int64s, bits: Int64s) -> bytes:
    """Return ``value - lo`` of every word in its bits, one after the other; see the kernel."""
    packed, offset = 0, 0
    for index, (value, low, width) in enumerate(
        zip(values.tolist(), lo.tolist(), bits.tolist(), strict=True)
    ):
        if not 0 <= value - low < 1 << width:
            raise ParameterError(
                f"word {index} must lie in [{low}, {low + (1 << width) - 1}], not be {value}"
            )
        packed |= (value - low) << offset
        offset += width
    return packed.to_bytes((offset + 7) // 8, "little")


def unpack(data: bytes, lo: Int64s, bits: Int64s, hi: Int64s) -> Int64s:
    """Return the words that ``pack`` wrote; see the kernel."""
    offset, packed = 0, int.from_bytes(data, "little")
    num_bytes = (int(bits.sum()) + 7) // 8
    if len(data) != num_bytes:
        raise FormatError(f"packed words must take {num_bytes} bytes, not {len(data)}")
    values = []
    for index, (low, width, high) in enumerate(zip(lo.tolist(), bits.tolist(), hi.tolist(), strict=True)):
        value = low + (packed >> offset & (1 << width) - 1)
        if value > high:
            raise FormatError(f"packed word {index} must lie in [{low}, {high}], not be {value}")
        values.append(value)
        offset += width
    if packed >> offset:
        raise FormatError("the bits after the last packed word must be 0")
    return np.array(values, dtype=np.int64)
