/* Hopcroft's algorithm on a refinable partition: the smaller part of every split block splits others, once.
 *
 * Blocks split others in the order of their numbers. A split leaves the old number to the larger part, so that what
 * has been done with it need not be done again.
 */
#include "automaton.h"

#include <string.h>

void am_reach(const am_machine *machine, am_partition *work)
{
    const int32_t num_symbols = machine->num_symbols;
    int32_t found = 0;
    for (int32_t s = 0; s < machine->num_states; s++) work->number[s] = -1;
    work->number[machine->initial] = found;
    work->order[found++] = machine->initial;
    for (int32_t at = 0; at < found; at++) {
        const int32_t *row = machine->next + (int64_t)work->order[at] * num_symbols;
        for (int32_t a = 0; a < num_symbols; a++) {
            if (work->number[row[a]] >= 0) continue;
            work->number[row[a]] = found;
            work->order[found++] = row[a];
        }
    }
    work->num_reachable = found;
}

static uint64_t hash_of(int32_t block, const int32_t *row, int32_t width)
{
    uint64_t hash = (uint64_t)(uint32_t)block * UINT64_C(0xD1B54A32D192ED03);
    for (int32_t i = 0; i < width; i++) {
        hash = (hash ^ (uint32_t)row[i]) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 32;
    }
    return hash;
}

static int same_row(const int32_t *x, const int32_t *y, int32_t width)
{
    int32_t i = 0;
    while (i < width && x[i] == y[i]) i++;
    return i == width;
}

/* The part of a state: that of an earlier state with the same block and row, or a new one. */
static int32_t part_of(am_partition *work, const int32_t *part, int32_t state, int32_t width, int32_t num_parts)
{
    const uint64_t mask = (uint64_t)work->table_mask;
    const int32_t *row = work->sources + (int64_t)state * width, block = work->states[state].block;
    if (work->blocks[block].end == 1) return num_parts;
    uint64_t place = hash_of(block, row, width) & mask;
    for (; work->table[place]; place = (place + 1) & mask) {
        int32_t other = work->table[place] - 1;
        if (work->states[other].block == block && same_row(work->sources + (int64_t)other * width, row, width))
            return part[other];
    }
    work->table[place] = state + 1;
    return num_parts;
}

/* Splits every block by its states' rows, which lie in sources. The largest part keeps the block's number; the others
 * are numbered from the old number of blocks on, which is returned. A block's end is its size here. */
static int32_t split_by_rows(am_partition *work, int32_t width)
{
    const int32_t n = work->num_reachable, old = work->num_blocks;
    int32_t *part = work->buffer, *block_of_part = work->touched, *number = work->elements, num_parts = 0;
    memset(work->table, 0, ((size_t)work->table_mask + 1) * sizeof(int32_t));
    for (int32_t s = 0; s < n; s++) {
        part[s] = part_of(work, part, s, width, num_parts);
        if (part[s] == num_parts) {
            block_of_part[num_parts] = work->states[s].block;
            work->blocks[num_parts++].marked = 0;
        }
        work->blocks[part[s]].marked++; /* the part's size */
    }
    for (int32_t b = 0; b < old; b++) work->blocks[b].first = -1; /* the largest part */
    for (int32_t p = 0; p < num_parts; p++) {
        int32_t *largest = &work->blocks[block_of_part[p]].first;
        if (*largest < 0 || work->blocks[p].marked > work->blocks[*largest].marked) *largest = p;
    }
    for (int32_t p = 0; p < num_parts; p++)
        number[p] = work->blocks[block_of_part[p]].first == p ? block_of_part[p] : work->num_blocks++;
    for (int32_t p = 0; p < num_parts; p++) work->blocks[number[p]].end = work->blocks[p].marked;
    for (int32_t s = 0; s < n; s++) work->states[s].block = number[part[s]];
    return old;
}

/* Splits by outputs, then by the blocks of all targets at once, as long as that multiplies the blocks: most machines
 * are nearly done then. Returns the first block that has still to split others. */
static int32_t split_coarsely(const am_machine *machine, am_partition *work)
{
    const int32_t n = work->num_reachable, num_symbols = machine->num_symbols, width = machine->out_width;
    for (int32_t s = 0; s < n; s++) {
        memcpy(work->sources + (int64_t)s * width, machine->out + (int64_t)work->order[s] * width,
               (size_t)width * sizeof(int32_t));
        work->states[s].block = 0;
    }
    work->num_blocks = 1;
    work->blocks[0].end = n;
    int32_t todo = split_by_rows(work, width);
    while (work->num_blocks < n && work->num_blocks - todo >= todo) {
        for (int64_t i = 0; i < (int64_t)n * num_symbols; i++) work->sources[i] = work->states[work->targets[i]].block;
        todo = split_by_rows(work, num_symbols);
    }
    return todo;
}

/* Puts the states of every block together. */
static void sort_by_block(am_partition *work)
{
    memset(work->blocks, 0, (size_t)work->num_reachable * sizeof(am_block));
    for (int32_t s = 0; s < work->num_reachable; s++) work->blocks[work->states[s].block].end++;
    for (int32_t b = 0, at = 0; b < work->num_blocks; b++) {
        int32_t size = work->blocks[b].end;
        work->blocks[b].first = work->blocks[b].end = at;
        at += size;
    }
    for (int32_t s = 0; s < work->num_reachable; s++) {
        work->states[s].place = work->blocks[work->states[s].block].end++;
        work->elements[work->states[s].place] = s;
    }
}

/* The reachable states' rows, in their own numbers. */
static void copy_targets(const am_machine *machine, am_partition *work)
{
    for (int32_t s = 0; s < work->num_reachable; s++) {
        const int32_t *row = machine->next + (int64_t)work->order[s] * machine->num_symbols;
        int32_t *targets = work->targets + (int64_t)s * machine->num_symbols;
        for (int32_t a = 0; a < machine->num_symbols; a++) targets[a] = work->number[row[a]];
    }
}

/* Turns targets round: which states reach a target by a symbol. */
static void invert(am_partition *work, int32_t num_symbols)
{
    const int32_t n = work->num_reachable;
    int32_t *offsets = work->offsets; /* counts, then ends, then beginnings as sources are filled in from the back */
    memset(offsets, 0, ((size_t)n * (size_t)num_symbols + 1) * sizeof(int32_t));
    for (int32_t s = 0; s < n; s++) {
        const int32_t *targets = work->targets + (int64_t)s * num_symbols;
        for (int32_t a = 0; a < num_symbols; a++) offsets[targets[a] * num_symbols + a]++;
    }
    for (int64_t i = 0; i < (int64_t)n * num_symbols; i++) offsets[i + 1] += offsets[i];
    for (int32_t s = n - 1; s >= 0; s--) {
        const int32_t *targets = work->targets + (int64_t)s * num_symbols;
        for (int32_t a = 0; a < num_symbols; a++) work->sources[--offsets[targets[a] * num_symbols + a]] = s;
    }
}

static int32_t mark(am_partition *work, int32_t state, int32_t num_touched)
{
    const am_state at = work->states[state];
    am_block *block = work->blocks + at.block;
    if (block->end - block->first == 1) return num_touched;
    int32_t place = block->first + block->marked, other = work->elements[place];
    if (block->marked++ == 0) work->touched[num_touched++] = at.block;
    work->elements[at.place] = other;
    work->states[other].place = at.place;
    work->elements[place] = state;
    work->states[state].place = place;
    return num_touched;
}

/* Makes a new block of the smaller part, marked or not. */
static void split(am_partition *work, int32_t old)
{
    am_block *block = work->blocks + old, *made = work->blocks + work->num_blocks;
    const int32_t marked = block->marked, middle = block->first + marked;
    block->marked = 0;
    if (middle == block->end) return;
    if (2 * (int64_t)marked <= block->end - block->first) {
        *made = (am_block){block->first, middle, 0};
        block->first = middle;
    } else {
        *made = (am_block){middle, block->end, 0};
        block->end = middle;
    }
    for (int32_t i = made->first; i < made->end; i++) work->states[work->elements[i]].block = work->num_blocks;
    work->num_blocks++;
}

/* Splits every block by which of its states a symbol takes into the given ones. */
static void split_by(am_partition *work, const int32_t *into, int32_t count, int32_t num_symbols, int32_t symbol)
{
    int32_t num_touched = 0;
    for (int32_t i = 0; i < count; i++) {
        const int32_t *range = work->offsets + (int64_t)into[i] * num_symbols + symbol;
        for (int32_t k = range[0]; k < range[1]; k++) num_touched = mark(work, work->sources[k], num_touched);
    }
    for (int32_t i = 0; i < num_touched; i++) split(work, work->touched[i]);
}

static void refine(am_partition *work, int32_t num_symbols, int32_t block)
{
    for (; block < work->num_blocks && work->num_blocks < work->num_reachable; block++) {
        const am_block splitter = work->blocks[block];
        const int32_t count = splitter.end - splitter.first;
        memcpy(work->buffer, work->elements + splitter.first, (size_t)count * sizeof(int32_t));
        for (int32_t a = 0; a < num_symbols; a++) split_by(work, work->buffer, count, num_symbols, a);
    }
}

void am_minimize(const am_machine *machine, am_partition *work, int32_t *block_of, int32_t *representatives)
{
    int32_t found = 0;
    copy_targets(machine, work);
    int32_t todo = split_coarsely(machine, work);
    if (todo < work->num_blocks && work->num_blocks < work->num_reachable) {
        sort_by_block(work);
        invert(work, machine->num_symbols);
        refine(work, machine->num_symbols, todo);
    }
    for (int32_t b = 0; b < work->num_blocks; b++) work->blocks[b].marked = -1; /* a number, from now on */
    for (int32_t s = 0; s < machine->num_states; s++) block_of[s] = -1;
    for (int32_t s = 0; s < work->num_reachable; s++) {
        am_block *block = work->blocks + work->states[s].block;
        if (block->marked < 0) {
            block->marked = found;
            representatives[found++] = work->order[s];
        }
        block_of[work->order[s]] = block->marked;
    }
}
