/* The bytecode machine: straight-line code over a file of words, executed once per token.
 *
 * Shapes: S state words, F token fields, K constants, W output words, T tokens, B lanes.
 * Slot layout: [0, S) state, [S, S+F) fields, [S+F, S+F+K) constants, then temporaries.
 */
#ifndef STREAMSSM_MACHINE_H
#define STREAMSSM_MACHINE_H

#include <stddef.h>
#include <stdint.h>

enum {
    VM_COPY, VM_ADD, VM_SUB, VM_MUL, VM_FLOORDIV, VM_MOD, VM_MIN, VM_MAX,
    VM_EQ, VM_NE, VM_LT, VM_LE, VM_AND, VM_OR, VM_XOR, VM_SHL, VM_SHR,
    VM_SELECT, VM_TABLE, VM_NEURON, VM_LOAD, VM_STORE,
    VM_NUM_OPCODES,
    /* made by vm_prepare only: divisors that are known positive constants */
    VM_DIV_CONST = VM_NUM_OPCODES, VM_MOD_CONST, VM_SHR_CONST, VM_AND_CONST,
    /* one stream only: a comparison whose result is the condition of the SELECT that follows; few-termed neurons */
    VM_EQ_SELECT, VM_NE_SELECT, VM_LT_SELECT, VM_LE_SELECT, VM_NEURON2, VM_NEURON4,
    VM_END, VM_NUM_HANDLERS
};

typedef struct {
    const void *label; /* the one-stream interpreter's handler */
    int64_t imm;       /* shift, mask or divisor of the *_CONST opcodes; of a NEURON -1 if it is a ReLU, else 0 */
    uint64_t magic64, magic32;
    int32_t op, dst, a, b, c, extra;
    int32_t dst2, b2, c2; /* the SELECT of a fused comparison */
    int32_t index;        /* row of the caller's instruction array */
} vm_instr;

/* dst = bias + sum plus - sum minus + sum weight * general; the terms are stored in this order, then padded with
 * terms of weight 0 to a positive multiple of VM_TERM_GRAIN. */
typedef struct {
    int64_t bias;
    int64_t first, plus, minus, general;
} vm_neuron;

enum { VM_TERM_GRAIN = 4 };

/* dtype codes: log2(itemsize) + 4 * signed */
typedef struct {
    const char *data;
    ptrdiff_t stride_t, stride_b; /* in bytes */
    int32_t dtype;
} vm_column;

enum { VM_STOP_END, VM_STOP_TOKEN, VM_STOP_ERROR, VM_STOP_OUTPUT };

typedef struct {
    int32_t kind, index;
    int64_t position, lane;
} vm_stop;

struct vm_code;

/* One call of the lanes kernel: tokens [begin, end) of lanes [0, B). */
typedef struct {
    const vm_column *columns;
    int64_t num_lanes, begin, end;
    int64_t *state; /* (S, B) */
    char *out;      /* (T, B, W) or NULL */
    int32_t out_dtype;
    uint8_t *coverage;   /* (N,) or NULL */
    uint8_t *errors;     /* (B,) or NULL; if given, the run goes on and this is the last step's error flag */
    void *scratch;       /* vm_lanes_scratch_bytes */
    int64_t block;       /* lanes per block, a multiple of VM_LANE_GRAIN */
    int64_t const_width; /* lanes for which the constants lie in scratch already, or 0 */
} vm_lanes_job;

typedef vm_stop (*vm_lanes_fn)(const struct vm_code *code, vm_lanes_job *job);

typedef struct {
    const char *name;
    vm_lanes_fn run32, run64;
} vm_isa;

typedef struct vm_code {
    int32_t num_state, num_fields, num_constants, num_slots, num_outputs;
    int32_t error_slot, word_bits;
    vm_instr *stream; /* VM_END-terminated, comparisons fused */
    vm_instr *lanes;  /* VM_END-terminated */
    vm_neuron *neurons;
    int32_t *term_slots;
    int64_t *term_weights;
    int64_t *constants, *tables;
    int32_t *tables32;
    int64_t table_size;
    int32_t *next_state, *next_slot, num_copies; /* next_slots without the identities */
    int32_t *output_slots;
    int64_t *field_lo, *field_hi;
    int32_t *undo_slots, num_undo; /* state words that code writes in place, if there is an error slot */
    int32_t num_stores;
    vm_lanes_fn run_lanes; /* the best of this CPU, for word_bits */
} vm_code;

/* What vm_prepare reads; the layout of the arrays is that of streamssm.cext.program_vm.Machine. */
typedef struct {
    const int32_t *instructions;
    const int64_t *constants, *tables, *weights, *biases, *field_lo, *field_hi;
    const int32_t *terms, *next_slots, *output_slots;
    int64_t num_instructions, num_constants, table_size;
    int32_t num_state, num_fields, num_outputs, num_slots, error_slot, word_bits;
} vm_source;

/* Returns 0, or -1 when memory ran out (vm_release then frees what was made). */
int vm_prepare(vm_code *code, const vm_source *source);
void vm_release(vm_code *code);

/* Runs tokens [begin, end). slots: num_slots words, state and constants loaded, temporaries zero;
 * buffer: num_fields * VM_BLOCK words; undo: num_undo + 2 * num_stores words; out: (T, W) or NULL. */
enum { VM_BLOCK = 512 };
vm_stop vm_stream_run(const vm_code *code, const vm_column *columns, int64_t begin, int64_t end, int64_t *slots,
                      int64_t *buffer, int64_t *undo, int64_t *out);
const void *const *vm_stream_labels(void);

/* First element outside [lo, hi] of a strided row, or n. */
int64_t vm_column_check(const char *data, ptrdiff_t stride, int32_t dtype, int64_t n, int64_t lo, int64_t hi);
void vm_column_fetch(const char *data, ptrdiff_t stride, int32_t dtype, int64_t n, int64_t *dst);
/* Earliest (token, lane, field) out of range among all tokens of the job. */
vm_stop vm_lanes_check(const vm_code *code, const vm_column *columns, int64_t num_tokens, int64_t num_lanes);

const vm_isa *vm_isas(int *count); /* those that this CPU runs, best last */

enum { VM_LANE_GRAIN = 16, VM_L1_BUDGET = 32 * 1024, VM_MIN_BLOCK = 64, VM_MAX_BLOCK = 1024, VM_SCRATCH_ALIGN = 64 };

/* Lanes per block: as many as keep the slot file in the first-level cache. */
static inline int64_t vm_lanes_block(const vm_code *code, int64_t num_lanes)
{
    int64_t per_lane = (int64_t)code->num_slots * (code->word_bits / 8) + 1;
    int64_t block = VM_L1_BUDGET / per_lane / VM_MIN_BLOCK * VM_MIN_BLOCK;
    block = block < VM_MIN_BLOCK ? VM_MIN_BLOCK : block > VM_MAX_BLOCK ? VM_MAX_BLOCK : block;
    int64_t needed = (num_lanes + VM_LANE_GRAIN - 1) / VM_LANE_GRAIN * VM_LANE_GRAIN;
    return needed < block ? (needed ? needed : VM_LANE_GRAIN) : block;
}

static inline size_t vm_lanes_scratch_bytes(const vm_code *code, int64_t block)
{
    return ((size_t)code->num_slots + 1) * (size_t)block * (size_t)(code->word_bits / 8) + VM_SCRATCH_ALIGN;
}

static inline void *vm_align_scratch(void *scratch)
{
    return (void *)(((uintptr_t)scratch + VM_SCRATCH_ALIGN - 1) & ~(uintptr_t)(VM_SCRATCH_ALIGN - 1));
}

#endif
