"""A hash table that many streams' states go through: it tells which ones meet in one key under different labels."""

from libc.stdint cimport int64_t, uint64_t

import numpy as np

from streamssm.cext.call_checks import require_keys
from streamssm.errors import ParameterError

cdef extern from *:
    """
    #if defined(__GNUC__)
    #define FETCH_SOON(place) __builtin_prefetch(place, 1)
    #else
    #define FETCH_SOON(place) ((void)(place))
    #endif
    """
    void FETCH_SOON(const uint64_t *place) noexcept nogil

cdef enum:
    KEY = 0
    LABEL = 1
    NUMBER = 2  # from 1 on; 0 is an empty slot
    SLOT = 3  # words
    AHEAD = 16  # slots that are fetched while others are looked at

MAX_CAPACITY = 1 << 28


cdef uint64_t mixed(uint64_t key) noexcept nogil:
    """Return a key's bits, each in the hands of all the others (the finaliser of splitmix64)."""
    key = (key ^ (key >> 30)) * <uint64_t>0xBF58476D1CE4E5B9
    key = (key ^ (key >> 27)) * <uint64_t>0x94D049BB133111EB
    return key ^ (key >> 31)


cdef int64_t meet(uint64_t *slots, uint64_t mask, const uint64_t[::1] keys, const uint64_t[::1] labels, int64_t first,
                  int64_t[:, ::1] pairs) noexcept nogil:
    """Enter all keys; write the pairs that meet under different labels, and return how many there are."""
    cdef int64_t i, found = 0, count = keys.shape[0], most = pairs.shape[0]
    cdef uint64_t place
    cdef uint64_t *slot
    for i in range(min(count, AHEAD)):
        FETCH_SOON(slots + SLOT * (mixed(keys[i]) & mask))
    for i in range(count):
        if i + AHEAD < count:
            FETCH_SOON(slots + SLOT * (mixed(keys[i + AHEAD]) & mask))
        place = mixed(keys[i]) & mask
        slot = slots + SLOT * place
        while slot[NUMBER] and slot[KEY] != keys[i]:
            place = (place + 1) & mask
            slot = slots + SLOT * place
        if not slot[NUMBER]:
            slot[KEY] = keys[i]
            slot[LABEL] = labels[i]
            slot[NUMBER] = <uint64_t>(first + i + 1)
        elif slot[LABEL] != labels[i] and found < most:
            pairs[found, 0] = <int64_t>slot[NUMBER] - 1
            pairs[found, 1] = first + i
            found += 1
    return found


cdef class CollisionTable:
    """The first entry of every key, for up to ``capacity`` entries.

    Parameters
    ----------
    capacity : entries that may be inserted, in [1, 2^28]; 48 to 96 bytes for each

    Examples
    --------
    >>> table = CollisionTable(8)
    >>> keys = np.array([7, 9, 7, 7], dtype=np.uint64)
    >>> table.insert(keys, np.array([1, 1, 1, 2], dtype=np.uint64), 4).tolist(), table.count
    ([[0, 3]], 4)
    """

    cdef readonly int64_t capacity
    cdef readonly int64_t count
    cdef uint64_t[::1] slots
    cdef uint64_t mask

    def __init__(self, capacity):
        if not 1 <= capacity <= MAX_CAPACITY:
            raise ParameterError(f"capacity must lie in [1, {MAX_CAPACITY}], not be {capacity}")
        self.capacity = capacity
        self.count = 0
        self.mask = (1 << int(2 * capacity - 1).bit_length()) - 1
        self.slots = np.zeros(SLOT * (self.mask + 1), dtype=np.uint64)

    def insert(self, keys, labels, most):
        """Enter keys in order; return the pairs (earlier, later) of one key and different labels.

        The earlier one is the first entry of its key. Entries are numbered from 0, across calls.

        Parameters
        ----------
        keys, labels : uint64 arrays (B,)
        most : pairs to return at most; later ones are left out

        Returns
        -------
        int64 array (pairs, 2)

        Raises
        ------
        ParameterError
            If there are more entries than the capacity, or an array is another one.
        """
        cdef int64_t found
        size = require_keys(keys, labels)
        if most < 0:
            raise ParameterError(f"most must be at least 0, not {most}")
        if self.count + size > self.capacity:
            raise ParameterError(f"entries must be at most {self.capacity}, not {self.count + size}")
        pairs = np.empty((min(most, size), 2), dtype=np.int64)
        cdef const uint64_t[::1] key_view = keys
        cdef const uint64_t[::1] label_view = labels
        cdef int64_t[:, ::1] pair_view = pairs
        with nogil:
            found = meet(&self.slots[0], self.mask, key_view, label_view, self.count, pair_view)
        self.count += size
        return pairs[:found]
