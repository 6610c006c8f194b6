"""Linear recurrences over arrays of gates, and what a block of steps does to a state.

Shapes: d words, T steps, G gates of a step: the entries that make up A in the order of the layout, then B.
Gates are integers of one width; formats is int64 (5, d): lo, hi, places (bits that are dropped from the sum of A h),
nearest (1: half a unit is added before), overflow (0 error, 1 saturate, 2 wrap, 3 cycle).
"""

from libc.stdint cimport int32_t, int64_t

import numpy as np

from streamssm.cext.blockmap_checks import check_gates, check_scan, check_word
from streamssm.errors import ParameterError


cdef extern from "blockmap.h" nogil:
    ctypedef struct bm_words:
        const int64_t *lo
        const int64_t *hi
        const int64_t *places
        const int64_t *nearest
        const int64_t *overflow

    ctypedef struct bm_job:
        const void *gates
        void *out
        int64_t num_steps, num_gates, dim
        int32_t bits, layout
        int64_t reflections, fraction_bits
        bm_words words
        int64_t *state
        void *scratch
        int64_t *results

    ctypedef int64_t (*bm_scan_fn)(const bm_job *job) noexcept
    ctypedef void (*bm_compose_fn)(const bm_job *job) noexcept
    ctypedef void (*bm_word_fn)(const bm_job *job, int64_t word) noexcept

    ctypedef struct bm_isa:
        bm_scan_fn scan[4]
        bm_compose_fn affine[4]
        bm_compose_fn line[4]

    const bm_isa *bm_best_isa(int level) noexcept
    size_t bm_scratch_bytes(int64_t dim, int64_t num_gates) noexcept
    int bm_storage(int32_t bits) noexcept
    int64_t bm_scan_plain(const bm_job *job, int64_t begin, int64_t end) noexcept
    void bm_compose_cycle(const bm_job *job, int64_t word) noexcept
    void bm_compose_clamp(const bm_job *job, int64_t word) noexcept
    void bm_compose_shift(const bm_job *job, int64_t word) noexcept
    void bm_compose_table(const bm_job *job, int64_t word, int64_t *index, int64_t *place) noexcept
    void bm_compose_matrix(const bm_job *job) noexcept


cdef void *address(array) noexcept:
    return <void *><size_t>array.__array_interface__["data"][0]


cdef class Job:
    """One call: its arrays, kept alive, and how C sees them."""

    cdef bm_job c
    cdef list kept

    def __cinit__(self, checked, reflections=0, fraction_bits=0):
        scratch = np.zeros(bm_scratch_bytes(checked.dim, checked.gates.shape[1]), np.uint8)
        self.kept = [checked.gates, checked.formats, scratch]
        cdef int64_t *formats = <int64_t *>address(checked.formats)
        cdef int64_t dim = checked.dim
        self.c.gates, self.c.scratch = address(checked.gates), address(scratch)
        self.c.num_steps, self.c.num_gates, self.c.dim = checked.gates.shape[0], checked.gates.shape[1], dim
        self.c.bits, self.c.layout = checked.gates.dtype.itemsize * 8, checked.layout
        self.c.reflections, self.c.fraction_bits = reflections, fraction_bits
        self.c.words.lo, self.c.words.hi, self.c.words.places = formats, formats + dim, formats + 2 * dim
        self.c.words.nearest, self.c.words.overflow = formats + 3 * dim, formats + 4 * dim

    cdef give(self, shape):
        """Return the array that results go to."""
        results = np.zeros(shape, np.int64)
        self.kept.append(results)
        self.c.results = <int64_t *>address(results)
        return results


cdef const bm_isa *kernels(level) except NULL:
    if level is not None and level not in (0, 1, 2):
        raise ParameterError(f"level must be 0, 1, 2 or None, not {level!r}")
    return bm_best_isa(-1 if level is None else level)


def scan(gates, formats, state, out, *, layout="diagonal", reflections=0, fraction_bits=0, level=None):
    """Run h = settle(round(A h) + B) over all steps, from the state, which is updated in place.

    Parameters
    ----------
    gates : int8, int16, int32 or int64 array (T, G)
    formats : int64 array (5, d)
    state : int64 array (d,)
    out : array (T, d) of the gates' dtype, gets h after every step
    layout : "diagonal", "dense", "monomial" or "householder"
    reflections, fraction_bits : of a householder transition: its factors, and the bits that each adds
    level : 0, 1 or 2, at most that instruction set (baseline, x86-64-v3, x86-64-v4); the best if None

    Returns
    -------
    int
        T, or the first step where a word leaves its range under *error* or an entry is not of its layout: then the
        state is that before the step, and out is unspecified from there on.

    Notes
    -----
    Sums are exact where gates have 8 to 32 bits; with int64 the caller promises that they stay below 2^62.

    Examples
    --------
    >>> formats = np.array([[0], [9], [0], [0], [1]])  # saturates at 0 and 9
    >>> state, out = np.array([5]), np.zeros((4, 1), np.int8)
    >>> scan(np.array([[1, 3], [1, 3], [1, -2], [0, 1]], np.int8), formats, state, out)
    4
    >>> out[:, 0].tolist()
    [8, 9, 7, 1]
    """
    checked = check_gates(gates, formats, layout, reflections, fraction_bits)
    check_scan(checked, state, out)
    cdef Job job = Job(checked, reflections, fraction_bits)
    job.c.state, job.c.out = <int64_t *>address(state), address(out)
    cdef bm_scan_fn run = kernels(level).scan[bm_storage(job.c.bits)]
    cdef bint plain = layout != "diagonal" or not is_uniform(checked.formats)
    cdef int64_t stop
    with nogil:
        stop = bm_scan_plain(&job.c, 0, job.c.num_steps) if plain else run(&job.c)
    return stop


cdef bint is_uniform(formats):
    """Say whether all words drop the same places, and none cycles."""
    return formats.shape[1] == 0 or (bool((formats[2] == formats[2, 0]).all()) and not (formats[4] == 3).any())


def compose_affine(gates, formats, *, level=None):
    """Return int64 (2, d): slope and offset of every word over all steps, modulo 2^16, 2^32 or 2^64.

    The modulus is that of twice the gates' bits, 64 at most, and so at least the number of a word's values.
    """
    checked = check_gates(gates, formats)
    cdef Job job = Job(checked)
    results = job.give((2, checked.dim))
    cdef bm_compose_fn run = kernels(level).affine[bm_storage(job.c.bits)]
    with nogil:
        run(&job.c)
    return results


def compose_line(gates, formats, *, level=None):
    """Return int64 (4, d): slope, offset, low and high of ``clamp(slope h + offset, low, high)``.

    For saturating words whose entries are all in {-1, 0, 1}; others come out wrong.
    """
    checked = check_gates(gates, formats)
    cdef Job job = Job(checked)
    results = job.give((4, checked.dim))
    cdef bm_compose_fn run = kernels(level).line[bm_storage(job.c.bits)]
    with nogil:
        run(&job.c)
    return results


cdef compose_word(gates, formats, word, int64_t size, bm_word_fn run):
    checked = check_gates(gates, formats)
    cdef int64_t place = check_word(checked, word)
    cdef Job job = Job(checked)
    results = job.give((size,))
    with nogil:
        run(&job.c, place)
    return results


def compose_cycle(gates, formats, word):
    """Return int64 (2,): slope and offset of a word with entries 0 and 1, modulo the number of its values."""
    return compose_word(gates, formats, word, 2, bm_compose_cycle)


def compose_clamp(gates, formats, word):
    """Return int64 (5,): slope, at, value, low and high of a `ClampMap`, for integer entries."""
    return compose_word(gates, formats, word, 5, bm_compose_clamp)


def compose_shift(gates, formats, word):
    """Return int64 (6,): falling, places, rest, base, low and high of a `ShiftMap`, for entries 0 and +-2^j."""
    return compose_word(gates, formats, word, 6, bm_compose_shift)


def compose_table(gates, formats, word):
    """Return int64 (hi - lo + 1,): what becomes of each state of a word."""
    checked = check_gates(gates, formats)
    cdef int64_t place = check_word(checked, word)
    cdef Job job = Job(checked)
    lo, hi = int(checked.formats[0, place]), int(checked.formats[1, place])
    results, room = job.give((hi - lo + 1,)), np.empty((2, hi - lo + 1), np.int64)
    cdef int64_t *index = <int64_t *>address(room)
    cdef int64_t size = hi - lo + 1
    with nogil:
        bm_compose_table(&job.c, place, index, index + size)
    return results


def compose_matrix(gates, formats, *, layout, reflections=0):
    """Return int64 (d, d + 1): matrix and offsets over all steps modulo 2^64, for integer entries."""
    checked = check_gates(gates, formats, layout, reflections)
    cdef Job job = Job(checked, reflections)
    results = job.give((checked.dim, checked.dim + 1))
    with nogil:
        bm_compose_matrix(&job.c)
    return results
