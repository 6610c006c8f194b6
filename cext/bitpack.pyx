"""Pack words into raw bits, least significant first, and nothing else; unpack them with every bit accounted for."""

from libc.stdint cimport int64_t, uint64_t, uint8_t

import numpy as np

from streamssm.cext.call_checks import require_widths, require_words
from streamssm.errors import FormatError, ParameterError


cdef void put_bits(uint8_t *data, int64_t place, uint64_t value, int width) noexcept nogil:
    cdef int offset = place & 7
    data += place >> 3
    while width > 0:
        data[0] |= <uint8_t>(value << offset)
        value >>= 8 - offset
        width -= 8 - offset
        offset = 0
        data += 1


cdef uint64_t get_bits(const uint8_t *data, int64_t place, int width) noexcept nogil:
    """Only the bytes that hold the word are read."""
    cdef int offset = place & 7, got = 0
    cdef uint64_t value = 0
    data += place >> 3
    while got < width:
        value |= <uint64_t>(data[0] >> offset) << got
        got += 8 - offset
        offset = 0
        data += 1
    return value if width == 64 else value & ((<uint64_t>1 << width) - 1)


cdef bint fits(uint64_t offset, int width) noexcept nogil:
    return width == 64 or offset >> width == 0


def pack(values, lo, bits):
    """Return ``value - lo`` of every word in its bits, one after the other, in ``ceil(sum(bits) / 8)`` bytes.

    Parameters
    ----------
    values, lo : int64 arrays (W,)
    bits : int64 array (W,), each in [0, 64]

    Raises
    ------
    ParameterError
        If a word does not fit its bits.

    Examples
    --------
    >>> import numpy as np
    >>> pack(np.array([5, -1]), np.array([0, -2]), np.array([3, 6])).hex()
    '0d00'
    """
    cdef const int64_t[::1] words = require_words("values", values, len(values))
    cdef const int64_t[::1] lows = require_words("lo", lo, len(values))
    cdef const int64_t[::1] widths = require_widths(bits, len(values))
    num_bytes = (int(np.sum(bits)) + 7) // 8
    packed = bytearray(num_bytes + 1)
    cdef uint8_t[::1] data = packed
    cdef int64_t i, place = 0, bad = -1
    cdef uint64_t offset
    with nogil:
        for i in range(words.shape[0]):
            offset = <uint64_t>words[i] - <uint64_t>lows[i]
            if words[i] < lows[i] or not fits(offset, widths[i]):
                bad = i
                break
            put_bits(&data[0], place, offset, widths[i])
            place += widths[i]
    if bad >= 0:
        low = lows[bad]
        raise ParameterError(f"word {bad} must lie in [{low}, {low + (1 << widths[bad]) - 1}], not be {words[bad]}")
    return bytes(packed[:num_bytes])


def unpack(data, lo, bits, hi):
    """Return the words that ``pack`` wrote.

    Parameters
    ----------
    data : bytes
    lo, hi : int64 arrays (W,), the range of each word
    bits : int64 array (W,), each in [0, 64]

    Raises
    ------
    FormatError
        If the length is wrong, a word exceeds hi, or a bit after the last word is set.

    Examples
    --------
    >>> import numpy as np
    >>> unpack(bytes.fromhex("0d00"), np.array([0, -2]), np.array([3, 6]), np.array([7, 20])).tolist()
    [5, -1]
    """
    cdef const int64_t[::1] lows = require_words("lo", lo, len(lo))
    cdef const int64_t[::1] highs = require_words("hi", hi, len(lo))
    cdef const int64_t[::1] widths = require_widths(bits, len(lo))
    num_bytes = (int(np.sum(bits)) + 7) // 8
    if len(data) != num_bytes:
        raise FormatError(f"packed words must take {num_bytes} bytes, not {len(data)}")
    values = np.empty(len(lo), np.int64)
    cdef const uint8_t[::1] source = bytes(data) + b"\0"
    cdef int64_t[::1] words = values
    cdef int64_t i, place = 0, bad = -1
    cdef uint64_t offset
    with nogil:
        for i in range(words.shape[0]):
            offset = get_bits(&source[0], place, widths[i])
            if highs[i] < lows[i] or offset > <uint64_t>highs[i] - <uint64_t>lows[i]:
                bad = i
                break
            words[i] = <int64_t>(<uint64_t>lows[i] + offset)
            place += widths[i]
    if bad >= 0:
        value = lows[bad] + int(offset)
        raise FormatError(f"packed word {bad} must lie in [{lows[bad]}, {highs[bad]}], not be {value}")
    if place & 7 and source[place >> 3] >> (place & 7):
        raise FormatError("the bits after the last packed word must be 0")
    return values
