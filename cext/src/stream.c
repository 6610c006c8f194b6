/* One stream: a threaded interpreter over int64 slots. Words wrap in uint64, so nothing here is undefined. */
#include "machine.h"

#include "division.h"

#if defined(__GNUC__)
#define THREADED 1
#elif defined(_MSC_VER)
#define restrict __restrict
#endif

static inline int64_t clamp_index(int64_t extra, int64_t offset, int64_t size)
{
    uint64_t index = (uint64_t)extra + (uint64_t)offset;
    return index < (uint64_t)size ? (int64_t)index : size - 1;
}

static inline int64_t neuron_sum(const vm_code *code, const vm_neuron *neuron, const int64_t *slots)
{
    const int32_t *term = code->term_slots + neuron->first;
    const int64_t *weight = code->term_weights + neuron->first + neuron->plus + neuron->minus;
    uint64_t sum = (uint64_t)neuron->bias;
    const int32_t *stop = term + neuron->plus;
    while (term < stop) sum += (uint64_t)slots[*term++];
    stop = term + neuron->minus;
    while (term < stop) sum -= (uint64_t)slots[*term++];
    stop = term + neuron->general;
    while (term < stop) sum += (uint64_t)*weight++ * (uint64_t)slots[*term++];
    return (int64_t)sum;
}

/* No branch: the sign of a sum is hard to predict. */
static inline int64_t activate(int64_t sum, int64_t relu)
{
    return sum & ~(relu & (sum >> 63));
}

static inline int64_t choose(int64_t condition, int64_t yes, int64_t no)
{
    int64_t mask = -(int64_t)(condition != 0);
    return (yes & mask) | (no & ~mask);
}

static inline uint64_t weigh(const vm_code *code, int64_t term, const int64_t *slots)
{
    return (uint64_t)code->term_weights[term] * (uint64_t)slots[code->term_slots[term]];
}

/* The first count terms, padding included: no loop whose length a branch predictor has to learn. */
static inline int64_t neuron_sum_of(const vm_code *code, const vm_neuron *neuron, const int64_t *slots, int count)
{
    uint64_t sum = (uint64_t)neuron->bias;
    for (int k = 0; k < count; k++) sum += weigh(code, neuron->first + k, slots);
    return (int64_t)sum;
}

#define A slots[ip->a]
#define B slots[ip->b]
#define C slots[ip->c]
#define D slots[ip->dst]
#define COMPARE_SELECT(cmp) \
    { \
        int64_t flag = A cmp B; \
        D = flag; \
        slots[ip->dst2] = choose(flag, slots[ip->b2], slots[ip->c2]); \
    }

/* opcode, effect; %-like opcodes see division.h */
#define FOR_EACH_HANDLER(X) \
    X(VM_COPY, D = A) \
    X(VM_ADD, D = (int64_t)((uint64_t)A + (uint64_t)B)) \
    X(VM_SUB, D = (int64_t)((uint64_t)A - (uint64_t)B)) \
    X(VM_MUL, D = (int64_t)((uint64_t)A * (uint64_t)B)) \
    X(VM_FLOORDIV, D = floor_div64(A, B)) \
    X(VM_MOD, D = floor_mod64(A, B)) \
    X(VM_MIN, D = A < B ? A : B) \
    X(VM_MAX, D = A > B ? A : B) \
    X(VM_EQ, D = A == B) \
    X(VM_NE, D = A != B) \
    X(VM_LT, D = A < B) \
    X(VM_LE, D = A <= B) \
    X(VM_AND, D = A & B) \
    X(VM_OR, D = A | B) \
    X(VM_XOR, D = A ^ B) \
    X(VM_SHL, D = (int64_t)((uint64_t)A << (B & 63))) \
    X(VM_SHR, D = A >> ((uint64_t)B < 63 ? B : 63)) \
    X(VM_SELECT, D = choose(A, B, C)) \
    X(VM_TABLE, D = code->tables[clamp_index(ip->extra, A, code->table_size)]) \
    X(VM_NEURON, D = activate(neuron_sum(code, code->neurons + ip->extra, slots), ip->imm)) \
    X(VM_NEURON2, D = activate(neuron_sum_of(code, code->neurons + ip->extra, slots, 2), ip->imm)) \
    X(VM_NEURON4, D = activate(neuron_sum_of(code, code->neurons + ip->extra, slots, 4), ip->imm)) \
    X(VM_LOAD, D = slots[clamp_index(ip->extra, A, code->num_state)]) \
    X(VM_STORE, if (C) { \
        int64_t index = clamp_index(ip->extra, A, code->num_state); \
        *log++ = index; \
        *log++ = slots[index]; \
        slots[index] = B; \
    }) \
    X(VM_DIV_CONST, D = div_const64(A, ip->imm, ip->magic64, ip->c)) \
    X(VM_MOD_CONST, \
      D = (int64_t)((uint64_t)A - (uint64_t)ip->imm * (uint64_t)div_const64(A, ip->imm, ip->magic64, ip->c))) \
    X(VM_SHR_CONST, D = A >> ip->imm) \
    X(VM_AND_CONST, D = A & ip->imm) \
    X(VM_EQ_SELECT, COMPARE_SELECT(==)) \
    X(VM_NE_SELECT, COMPARE_SELECT(!=)) \
    X(VM_LT_SELECT, COMPARE_SELECT(<)) \
    X(VM_LE_SELECT, COMPARE_SELECT(<=))

/* Puts back what the failed step wrote: arrays newest first, then the words it writes in place. */
static void undo_step(const vm_code *code, int64_t *slots, const int64_t *saved, const int64_t *log)
{
    const int64_t *log_start = saved + code->num_undo;
    while (log > log_start) {
        log -= 2;
        slots[log[0]] = log[1];
    }
    for (int32_t k = 0; k < code->num_undo; k++) slots[code->undo_slots[k]] = saved[k];
}

/* Runs count tokens of the block in buffer (F rows of VM_BLOCK); returns how many were done before an error.
 * With code NULL it only hands out its labels. */
static int64_t run_block(const vm_code *code, int64_t *restrict slots, const int64_t *restrict buffer, int64_t count,
                         int64_t *restrict undo, int64_t *restrict out, const void *const **labels_out)
{
#if THREADED
#define LABEL(op, effect) [op] = &&label_##op,
    static const void *const labels[VM_NUM_HANDLERS] = {FOR_EACH_HANDLER(LABEL)[VM_END] = &&label_VM_END};
#undef LABEL
    if (!code) {
        *labels_out = labels;
        return 0;
    }
#else
    (void)labels_out;
#endif
    const vm_instr *const first = code->stream;
    const int32_t num_fields = code->num_fields, num_outputs = code->num_outputs, num_copies = code->num_copies;
    const int32_t num_undo = code->num_undo, error_slot = code->error_slot;
    const int32_t *const output_slots = code->output_slots;
    const int32_t *const next_state = code->next_state, *const next_slot = code->next_slot;
    int64_t *const fields = slots + code->num_state;
    int64_t *const log_start = undo + num_undo;
    for (int64_t t = 0; t < count; t++) {
        const vm_instr *ip = first;
        int64_t *log = log_start;
        for (int32_t f = 0; f < num_fields; f++) fields[f] = buffer[f * VM_BLOCK + t];
        for (int32_t k = 0; k < num_undo; k++) undo[k] = slots[code->undo_slots[k]];
#if THREADED
        goto *ip->label;
#define HANDLER(op, effect) \
    label_##op: { effect; } \
        ip++; \
        goto *ip->label;
        FOR_EACH_HANDLER(HANDLER)
#undef HANDLER
    label_VM_END:
#else
        for (; ip->op != VM_END; ip++) {
            switch (ip->op) {
#define HANDLER(op, effect) \
    case op: { effect; } break;
                FOR_EACH_HANDLER(HANDLER)
#undef HANDLER
            }
        }
#endif
        if (error_slot >= 0 && slots[error_slot]) {
            undo_step(code, slots, undo, log);
            return t;
        }
        if (out) {
            for (int32_t w = 0; w < num_outputs; w++) *out++ = slots[output_slots[w]];
        }
        for (int32_t k = 0; k < num_copies; k++) slots[next_state[k]] = slots[next_slot[k]];
    }
    return count;
}

const void *const *vm_stream_labels(void)
{
    const void *const *labels = NULL;
#if THREADED
    run_block(NULL, NULL, NULL, 0, NULL, NULL, &labels);
#endif
    return labels;
}

/* Fetches a block; returns how many tokens lead up to the first one out of range, and its field. */
static int64_t fetch_block(const vm_code *code, const vm_column *columns, int64_t begin, int64_t count,
                           int64_t *buffer, int32_t *bad_field)
{
    int64_t good = count;
    for (int32_t f = 0; f < code->num_fields; f++) {
        const vm_column *column = columns + f;
        const char *data = column->data + begin * column->stride_t;
        int64_t stop = vm_column_check(data, column->stride_t, column->dtype, good, code->field_lo[f], code->field_hi[f]);
        if (stop < good) {
            good = stop;
            *bad_field = f;
        }
        vm_column_fetch(data, column->stride_t, column->dtype, good, buffer + f * VM_BLOCK);
    }
    return good;
}

vm_stop vm_stream_run(const vm_code *code, const vm_column *columns, int64_t begin, int64_t end, int64_t *slots,
                      int64_t *buffer, int64_t *undo, int64_t *out)
{
    while (begin < end) {
        int64_t count = end - begin < VM_BLOCK ? end - begin : VM_BLOCK;
        int32_t bad_field = 0;
        int64_t good = fetch_block(code, columns, begin, count, buffer, &bad_field);
        int64_t done = run_block(code, slots, buffer, good, undo, out ? out + begin * code->num_outputs : NULL, NULL);
        if (done < good) return (vm_stop){VM_STOP_ERROR, 0, begin + done, 0};
        if (good < count) return (vm_stop){VM_STOP_TOKEN, bad_field, begin + good, 0};
        begin += count;
    }
    return (vm_stop){VM_STOP_END, 0, end, 0};
}
