/* From the caller's arrays to what the interpreters run: copies, specialised terms, constant divisors, fused pairs. */
#include "machine.h"

#include <stdlib.h>
#include <string.h>

#include "division.h"

/* A copy that is never NULL unless memory ran out. */
static void *copy_of(const void *source, int64_t count, size_t size)
{
    void *copy = malloc((size_t)count * size + 1);
    if (copy && count) memcpy(copy, source, (size_t)count * size);
    return copy;
}

static void *room_for(int64_t count, size_t size)
{
    return calloc((size_t)count + 1, size);
}

/* Divisors 2^k become shifts and masks; other positive constants get a magic multiplier. */
static void specialise_divisor(vm_instr *instr, int64_t divisor)
{
    int division = instr->op == VM_FLOORDIV;
    if (divisor <= 0) return;
    int l = ceil_log2((uint64_t)divisor);
    instr->imm = divisor;
    if (((uint64_t)divisor & ((uint64_t)divisor - 1)) == 0) {
        instr->op = division ? VM_SHR_CONST : VM_AND_CONST;
        instr->imm = division ? l : divisor - 1;
        return;
    }
    instr->op = division ? VM_DIV_CONST : VM_MOD_CONST;
    instr->c = l;
    instr->magic64 = magic_of64((uint64_t)divisor, l);
    instr->magic32 = l <= 31 ? magic_of32((uint64_t)divisor, l) : 0;
}

static int64_t padded(int64_t num_terms)
{
    int64_t grains = (num_terms + VM_TERM_GRAIN - 1) / VM_TERM_GRAIN;
    return (grains ? grains : 1) * VM_TERM_GRAIN;
}

/* Terms of weight +1, then -1, then the others; equal results because words wrap until the last sum is exact. */
static int64_t group_terms(vm_code *code, vm_neuron *neuron, const vm_source *source, int64_t first, int64_t count)
{
    int64_t next = neuron->first;
    for (int group = 0; group < 3; group++) {
        int64_t begin = next;
        for (int64_t k = first; k < first + count; k++) {
            int64_t weight = source->weights[k];
            if (weight == 0 || group != (weight == 1 ? 0 : weight == -1 ? 1 : 2)) continue;
            code->term_slots[next] = source->terms[k];
            code->term_weights[next++] = weight;
        }
        *(group == 0 ? &neuron->plus : group == 1 ? &neuron->minus : &neuron->general) = next - begin;
    }
    return neuron->first + padded(next - neuron->first);
}

static void translate(vm_code *code, const vm_source *source)
{
    int32_t first_constant = source->num_state + source->num_fields;
    int64_t num_neurons = 0, num_terms = 0;
    for (int64_t i = 0; i < source->num_instructions; i++) {
        const int32_t *row = source->instructions + 6 * i;
        vm_instr *instr = code->lanes + i;
        *instr = (vm_instr){.op = row[0], .dst = row[1], .a = row[2], .b = row[3], .c = row[4], .extra = row[5],
                            .index = (int32_t)i};
        if (instr->op == VM_FLOORDIV || instr->op == VM_MOD) {
            int32_t constant = instr->b - first_constant;
            if (constant >= 0 && constant < source->num_constants)
                specialise_divisor(instr, source->constants[constant]);
        } else if (instr->op == VM_STORE) {
            code->num_stores++;
        } else if (instr->op == VM_NEURON) {
            vm_neuron *neuron = code->neurons + num_neurons;
            neuron->bias = source->biases[instr->extra];
            neuron->first = num_terms;
            num_terms = group_terms(code, neuron, source, instr->a, instr->b);
            instr->extra = (int32_t)num_neurons++;
            instr->imm = instr->c ? -1 : 0;
        }
    }
    code->lanes[source->num_instructions].op = VM_END;
}

static int32_t neuron_opcode(const vm_neuron *neuron)
{
    int64_t num_terms = neuron->plus + neuron->minus + neuron->general;
    return num_terms <= 2 ? VM_NEURON2 : num_terms <= 4 ? VM_NEURON4 : VM_NEURON;
}

/* The one-stream code: a comparison and the SELECT that it decides become one instruction. */
static void fuse(vm_code *code)
{
    const void *const *labels = vm_stream_labels();
    vm_instr *out = code->stream;
    for (const vm_instr *in = code->lanes;; in++, out++) {
        *out = *in;
        if (in->op >= VM_EQ && in->op <= VM_LE && in[1].op == VM_SELECT && in[1].a == in->dst) {
            out->op = in->op - VM_EQ + VM_EQ_SELECT;
            out->dst2 = in[1].dst;
            out->b2 = in[1].b;
            out->c2 = in[1].c;
            in++;
        }
        if (in->op == VM_NEURON) out->op = neuron_opcode(code->neurons + in->extra);
        out->label = labels ? labels[out->op] : NULL;
        if (in->op == VM_END) return;
    }
}

static void list_copies(vm_code *code, const vm_source *source)
{
    for (int32_t i = 0; i < source->num_state; i++) {
        if (source->next_slots[i] == i) continue;
        code->next_state[code->num_copies] = i;
        code->next_slot[code->num_copies++] = source->next_slots[i];
    }
}

/* State words that code writes as it goes: what an error has to put back. */
static void list_undo(vm_code *code, const vm_source *source)
{
    if (source->error_slot < 0) return;
    for (const vm_instr *instr = code->lanes; instr->op != VM_END; instr++) {
        if (instr->op != VM_STORE && instr->dst < source->num_state) code->undo_slots[code->num_undo++] = instr->dst;
    }
}

static int allocate(vm_code *code, const vm_source *source)
{
    int64_t num_neurons = 0, num_terms = 0;
    for (int64_t i = 0; i < source->num_instructions; i++) {
        const int32_t *row = source->instructions + 6 * i;
        if (row[0] != VM_NEURON) continue;
        num_neurons++;
        num_terms += padded(row[3]);
    }
    int64_t num_instructions = source->num_instructions;
    code->stream = room_for(num_instructions + 1, sizeof(vm_instr));
    code->lanes = room_for(num_instructions + 1, sizeof(vm_instr));
    code->neurons = room_for(num_neurons, sizeof(vm_neuron));
    code->term_slots = room_for(num_terms, sizeof(int32_t));
    code->term_weights = room_for(num_terms, sizeof(int64_t));
    code->constants = copy_of(source->constants, source->num_constants, sizeof(int64_t));
    code->tables = copy_of(source->tables, source->table_size, sizeof(int64_t));
    code->tables32 = room_for(source->table_size, sizeof(int32_t));
    code->next_state = room_for(source->num_state, sizeof(int32_t));
    code->next_slot = room_for(source->num_state, sizeof(int32_t));
    code->output_slots = copy_of(source->output_slots, source->num_outputs, sizeof(int32_t));
    code->field_lo = copy_of(source->field_lo, source->num_fields, sizeof(int64_t));
    code->field_hi = copy_of(source->field_hi, source->num_fields, sizeof(int64_t));
    code->undo_slots = room_for(num_instructions, sizeof(int32_t));
    return code->stream && code->lanes && code->neurons && code->term_slots && code->term_weights &&
           code->constants && code->tables && code->tables32 && code->next_state && code->next_slot &&
           code->output_slots && code->field_lo && code->field_hi && code->undo_slots;
}

int vm_prepare(vm_code *code, const vm_source *source)
{
    memset(code, 0, sizeof(*code));
    if (!allocate(code, source)) return -1;
    code->num_state = source->num_state;
    code->num_fields = source->num_fields;
    code->num_constants = (int32_t)source->num_constants;
    code->num_slots = source->num_slots;
    code->num_outputs = source->num_outputs;
    code->error_slot = source->error_slot;
    code->word_bits = source->word_bits;
    code->table_size = source->table_size;
    for (int64_t i = 0; i < source->table_size; i++) code->tables32[i] = (int32_t)source->tables[i];
    translate(code, source);
    fuse(code);
    list_copies(code, source);
    list_undo(code, source);
    int count;
    const vm_isa *best = vm_isas(&count) + count - 1;
    code->run_lanes = code->word_bits == 32 ? best->run32 : best->run64;
    return 0;
}

void vm_release(vm_code *code)
{
    void *owned[] = {code->stream, code->lanes, code->neurons, code->term_slots, code->term_weights,
                     code->constants, code->tables, code->tables32, code->next_state, code->next_slot,
                     code->output_slots, code->field_lo, code->field_hi, code->undo_slots};
    for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++) free(owned[i]);
    memset(code, 0, sizeof(*code));
}
