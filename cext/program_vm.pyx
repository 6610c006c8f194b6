"""Run straight-line bytecode over one stream, or over many streams in lanes.

Shapes: S state words, F token fields, W output words, N instructions, T tokens, B lanes.
"""

from cpython.exc cimport PyErr_CheckSignals
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

from typing import NamedTuple

import numpy as np

from streamssm.cext.call_checks import require_buffer, require_columns, require_num_tokens, require_words32
from streamssm.cext.machine_checks import check_code
from streamssm.errors import ParameterError, PrecisionError


cdef extern from "machine.h" nogil:
    ctypedef struct vm_isa:
        const char *name
        vm_lanes_fn run32, run64

    ctypedef struct vm_source:
        const int32_t *instructions
        const int64_t *constants
        const int64_t *tables
        const int64_t *weights
        const int64_t *biases
        const int64_t *field_lo
        const int64_t *field_hi
        const int32_t *terms
        const int32_t *next_slots
        const int32_t *output_slots
        int64_t num_instructions, num_constants, table_size
        int32_t num_state, num_fields, num_outputs, num_slots, error_slot, word_bits

    int VM_BLOCK, VM_STOP_END, VM_STOP_TOKEN, VM_STOP_ERROR, VM_STOP_OUTPUT
    int vm_prepare(vm_code *code, const vm_source *source) noexcept
    void vm_release(vm_code *code) noexcept
    vm_stop vm_stream_run(const vm_code *code, const vm_column *columns, int64_t begin, int64_t end, int64_t *slots,
                          int64_t *buffer, int64_t *undo, int64_t *out) noexcept
    vm_stop vm_lanes_check(const vm_code *code, const vm_column *columns, int64_t num_tokens,
                           int64_t num_lanes) noexcept
    const vm_isa *vm_isas(int *count) noexcept
    int64_t vm_lanes_block(const vm_code *code, int64_t num_lanes) noexcept
    size_t vm_lanes_scratch_bytes(const vm_code *code, int64_t block) noexcept
    void *vm_align_scratch(void *scratch) noexcept


# tokens between two looks at pending signals, so that Ctrl-C ends a long run
cdef int64_t CHUNK_TOKENS = 1 << 22

INTEGER_DTYPES = "int8 int16 int32 int64 uint8 uint16 uint32 uint64"
KINDS = {VM_STOP_END: "end", VM_STOP_TOKEN: "token", VM_STOP_ERROR: "error"}


class Stop(NamedTuple):
    """Why a run over one stream ended: "end", "token" (field ``index`` out of range) or "error"."""

    kind: str
    position: int
    index: int


class LaneStop(NamedTuple):
    """As Stop, with the lane; the earliest position, then the lowest lane."""

    kind: str
    position: int
    index: int
    lane: int


def available_isas():
    """Return the instruction sets whose lanes kernel this CPU runs, best last."""
    cdef int count
    cdef const vm_isa *isas = vm_isas(&count)
    return tuple(isas[i].name.decode() for i in range(count))


cdef char *address(array):
    return <char *><size_t>array.__array_interface__["data"][0]


cdef int32_t dtype_code(dtype):
    return {1: 0, 2: 1, 4: 2, 8: 3}[dtype.itemsize] + (4 if dtype.kind == "i" else 0)


cdef int describe_columns(vm_column *described, list columns) except -1:
    """Fill one vm_column per column, of shape (T,) or (T, B)."""
    for i, column in enumerate(columns):
        described[i].data = address(column)
        described[i].stride_t = column.strides[0]
        described[i].stride_b = column.strides[1] if column.ndim == 2 else 0
        described[i].dtype = dtype_code(column.dtype)
    return 0


cdef class VirtualMachine:
    """Straight-line code over a file of words, executed once per token.

    Parameters
    ----------
    instructions : int32 array (N, 6), columns op, dst, a, b, c, extra
    constants, tables, weights, biases : int64 arrays
    terms : int32 array, the slot of each neuron term
    num_state, num_slots : int
    next_slots : int32 array (S,), where each state word's next value lies
    output_slots : int32 array (W,)
    error_slot : int, -1 or a slot that is nonzero where the step is an error
    field_lo, field_hi : int64 arrays (F,), the range of each token field
    word_bits : 32 or 64; 32 promises that every word and every neuron's partial sums fit int32

    Raises
    ------
    ParameterError
        If a shape, dtype, opcode, slot, term or table start is not valid.

    Notes
    -----
    Indices, shifts and divisors that depend on data are the caller's promise; where the promise is broken results are
    unspecified, but nothing is read or written outside of the machine.

    Examples
    --------
    A running sum: slot 0 is the state, slot 1 the field, and ADD is opcode 1.

    >>> none32, none64 = np.zeros(0, np.int32), np.zeros(0, np.int64)
    >>> total = VirtualMachine(instructions=np.array([[1, 0, 0, 1, 0, 0]], np.int32), constants=none64, tables=none64,
    ...                 terms=none32, weights=none64, biases=none64, num_state=1, num_slots=2,
    ...                 next_slots=np.array([0], np.int32), output_slots=np.array([0], np.int32), error_slot=-1,
    ...                 field_lo=np.array([0]), field_hi=np.array([9]), word_bits=64)
    >>> state, out = np.array([100]), np.zeros((3, 1), np.int64)
    >>> total.run([np.array([1, 2, 3], np.uint8)], state, out)
    Stop(kind='end', position=3, index=0)
    >>> state.tolist(), out[:, 0].tolist()
    ([106], [101, 103, 106])
    >>> total.run([np.array([5, 10, 5])], state)
    Stop(kind='token', position=1, index=0)
    """

    def __cinit__(self, *, instructions, constants, tables, terms, weights, biases, num_state, num_slots, next_slots,
                  output_slots, error_slot, field_lo, field_hi, word_bits):
        cdef vm_source source
        arrays = check_code(
            dict(instructions=instructions, constants=constants, tables=tables, terms=terms, weights=weights,
                 biases=biases, next_slots=next_slots, output_slots=output_slots, field_lo=field_lo,
                 field_hi=field_hi),
            num_state=num_state, num_slots=num_slots, error_slot=error_slot, word_bits=word_bits,
        )
        source.instructions = <const int32_t *>address(arrays["instructions"])
        source.constants = <const int64_t *>address(arrays["constants"])
        source.tables = <const int64_t *>address(arrays["tables"])
        source.weights = <const int64_t *>address(arrays["weights"])
        source.biases = <const int64_t *>address(arrays["biases"])
        source.field_lo = <const int64_t *>address(arrays["field_lo"])
        source.field_hi = <const int64_t *>address(arrays["field_hi"])
        source.terms = <const int32_t *>address(arrays["terms"])
        source.next_slots = <const int32_t *>address(arrays["next_slots"])
        source.output_slots = <const int32_t *>address(arrays["output_slots"])
        source.num_instructions = len(arrays["instructions"])
        source.num_constants = len(arrays["constants"])
        source.table_size = len(arrays["tables"])
        source.num_state, source.num_fields = num_state, len(arrays["field_lo"])
        source.num_outputs, source.num_slots = len(arrays["output_slots"]), num_slots
        source.error_slot, source.word_bits = error_slot, word_bits
        if vm_prepare(&self.code, &source):
            raise MemoryError
        self.num_state, self.num_fields, self.num_outputs = num_state, source.num_fields, source.num_outputs
        self.num_instructions, self.word_bits = source.num_instructions, word_bits

    def __dealloc__(self):
        vm_release(&self.code)

    def run(self, columns, state, out=None, *, num_tokens=None):
        """Run one stream from the state, which is updated in place.

        Parameters
        ----------
        columns : sequence of F integer arrays (T,), any dtype and stride
        state : int64 array (S,)
        out : int64 array (T, W) or None
        num_tokens : int, T where there are neither fields nor out

        Returns
        -------
        Stop
            On "token" and "error" the state is that before the token, and the outputs before it are written.
        """
        columns = require_columns(columns, self.num_fields, 1)
        require_buffer("state", state, "int64", (self.num_state,))
        if out is not None:
            require_buffer("out", out, "int64", (None, self.num_outputs))
        cdef int64_t total = require_num_tokens(columns, out, num_tokens)
        slots = np.zeros(self.code.num_slots, np.int64)
        slots[: self.num_state] = state
        cdef int64_t *words = <int64_t *>address(slots)
        memcpy(words + self.num_state + self.num_fields, self.code.constants,
               self.code.num_constants * sizeof(int64_t))
        cdef vm_stop stop = self.run_chunks(columns, total, words, <int64_t *>address(out) if out is not None else NULL)
        state[:] = slots[: self.num_state]
        return Stop(KINDS[stop.kind], stop.position, stop.index)

    cdef vm_stop run_chunks(self, list columns, int64_t total, int64_t *slots, int64_t *out) except *:
        cdef vm_stop stop
        cdef int64_t begin = 0, end
        cdef size_t undo_words = self.code.num_undo + 2 * <size_t>self.code.num_stores
        cdef size_t buffer_words = self.code.num_fields * <size_t>VM_BLOCK
        cdef vm_column *described = <vm_column *>malloc((self.num_fields + 1) * sizeof(vm_column))
        cdef int64_t *buffer = <int64_t *>malloc((buffer_words + undo_words + 1) * sizeof(int64_t))
        stop.kind, stop.position, stop.index = VM_STOP_END, total, 0
        try:
            if not described or not buffer:
                raise MemoryError
            describe_columns(described, columns)
            while begin < total and stop.kind == VM_STOP_END:
                end = min(begin + CHUNK_TOKENS, total)
                with nogil:
                    stop = vm_stream_run(&self.code, described, begin, end, slots, buffer, buffer + buffer_words, out)
                begin = end
                PyErr_CheckSignals()
        finally:
            free(described)
            free(buffer)
        return stop

    def run_lanes(self, columns, state, out=None, *, coverage=None, isa=None, num_tokens=None):
        """Run many streams side by side from their states, which are updated in place.

        Parameters
        ----------
        columns : sequence of F integer arrays (T, B), any dtype and strides; fast where lanes are contiguous
        state : int64 array (S, B)
        out : integer array (T, B, W) of any width, or None
        coverage : uint8 array (N,) or None; for a NEURON with c = 1, bit 0 is set where it was inactive (its sum was
            <= 0) and bit 1 where it was active
        isa : one of available_isas(), or None for the best
        num_tokens : int, T where there are neither fields nor out

        Returns
        -------
        LaneStop
            On "token" nothing has run. On "error" the contents of state and out are unspecified.

        Raises
        ------
        PrecisionError
            If an output does not fit the dtype of out.
        """
        columns = require_columns(columns, self.num_fields, 2)
        require_buffer("state", state, "int64", (self.num_state, None))
        cdef int64_t num_lanes = state.shape[1]
        if columns and columns[0].shape[1] != num_lanes:
            raise ParameterError(f"columns must have {num_lanes} lanes as state has, not {columns[0].shape[1]}")
        if out is not None:
            require_buffer("out", out, INTEGER_DTYPES, (None, num_lanes, self.num_outputs))
        if coverage is not None:
            require_buffer("coverage", coverage, "uint8", (self.num_instructions,))
        if self.word_bits == 32:
            require_words32("state", state)
        cdef int64_t total = require_num_tokens(columns, out, num_tokens)
        cdef vm_lanes_fn run = self.lanes_kernel(isa)
        states = state.copy()
        cdef vm_stop stop = self.run_lane_chunks(columns, total, states, out, coverage, run)
        if stop.kind == VM_STOP_OUTPUT:
            place = f"output {stop.index} at position {stop.position}"
            raise PrecisionError(f"{place} does not fit {out.dtype}, the dtype of out")
        state[:] = states
        return LaneStop(KINDS[stop.kind], stop.position, stop.index, stop.lane)

    cdef vm_lanes_fn lanes_kernel(self, isa) except *:
        cdef int count
        cdef const vm_isa *isas = vm_isas(&count)
        names = available_isas()
        if isa is not None and isa not in names:
            raise ParameterError(f"isa must be one of {', '.join(names)}, not {isa!r}")
        cdef int chosen = count - 1 if isa is None else names.index(isa)
        return isas[chosen].run32 if self.word_bits == 32 else isas[chosen].run64

    cdef vm_stop run_lane_chunks(self, list columns, int64_t total, states, out, coverage,
                                 vm_lanes_fn run) except *:
        cdef vm_stop stop
        cdef vm_lanes_job job
        cdef int64_t num_lanes = states.shape[1], step = max(1, CHUNK_TOKENS // max(1, num_lanes))
        cdef vm_column *described = <vm_column *>malloc((self.num_fields + 1) * sizeof(vm_column))
        memset(&job, 0, sizeof(job))
        job.block = vm_lanes_block(&self.code, num_lanes)
        scratch = np.zeros(vm_lanes_scratch_bytes(&self.code, job.block), np.uint8)
        job.scratch = vm_align_scratch(address(scratch))
        job.columns, job.num_lanes, job.state = described, num_lanes, <int64_t *>address(states)
        job.coverage = <uint8_t *>address(coverage) if coverage is not None else NULL
        if out is not None:
            job.out, job.out_dtype = address(out), dtype_code(out.dtype)
        try:
            if not described:
                raise MemoryError
            describe_columns(described, columns)
            with nogil:
                stop = vm_lanes_check(&self.code, described, total, num_lanes)
            while job.end < total and stop.kind == VM_STOP_END:
                job.begin, job.end = job.end, min(job.end + step, total)
                with nogil:
                    stop = run(&self.code, &job)
                PyErr_CheckSignals()
        finally:
            free(described)
        return stop
