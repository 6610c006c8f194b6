from libc.stddef cimport ptrdiff_t, size_t
from libc.stdint cimport int32_t, int64_t, uint8_t


cdef extern from "machine.h" nogil:
    ctypedef struct vm_column:
        const char *data
        ptrdiff_t stride_t, stride_b
        int32_t dtype

    ctypedef struct vm_stop:
        int32_t kind, index
        int64_t position, lane

    ctypedef struct vm_lanes_job:
        const vm_column *columns
        int64_t num_lanes, begin, end
        int64_t *state
        char *out
        int32_t out_dtype
        uint8_t *coverage
        uint8_t *errors
        void *scratch
        int64_t block, const_width

    ctypedef struct vm_code
    ctypedef vm_stop (*vm_lanes_fn)(const vm_code *code, vm_lanes_job *job) noexcept nogil

    ctypedef struct vm_code:
        int32_t num_state, num_fields, num_constants, num_slots, num_outputs, num_undo, num_stores
        int32_t error_slot, word_bits
        int64_t *constants
        int64_t *field_lo
        int64_t *field_hi
        vm_lanes_fn run_lanes


cdef class VirtualMachine:
    cdef vm_code code
    cdef readonly int num_state, num_fields, num_outputs, num_instructions, word_bits
    cdef vm_stop run_chunks(self, list columns, int64_t total, int64_t *slots, int64_t *out) except *
    cdef vm_lanes_fn lanes_kernel(self, isa) except *
    cdef vm_stop run_lane_chunks(self, list columns, int64_t total, states, out, coverage, vm_lanes_fn run) except *
