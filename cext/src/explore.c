#include "explore.h"

#include <stdlib.h>
#include <string.h>

enum { TABLE_TOKENS = 1 << 16 };
enum { ERROR_A = 1, ERROR_B = 2, DIFFERS = 4, OUT_OF_RANGE = 8 };

static void *room_for(int64_t count, size_t size)
{
    return calloc((size_t)count + 1, size);
}

void explore_token(const explorer *search, int64_t token, int64_t *fields)
{
    for (int32_t f = search->num_fields - 1; f >= 0; f--) {
        /* no field has more values than there are tokens, which fit int64 */
        int64_t count = search->field_hi[f] - search->field_lo[f] + 1;
        fields[f] = search->field_lo[f] + token % count;
        token /= count;
    }
}

/* Writes count tokens from the given one into rows of the given length: runs of the last field, with carries. */
static void enumerate_tokens(const explorer *search, int64_t token, int64_t count, int64_t *rows, int64_t length)
{
    const int32_t last = search->num_fields - 1;
    for (int64_t done = 0; last >= 0 && done < count;) {
        int64_t *row = rows + last * length;
        int64_t run = 0;
        for (int64_t rest = token + done, f = last; f >= 0; f--) {
            int64_t values = search->field_hi[f] - search->field_lo[f] + 1, digit = rest % values;
            if (f == last) run = values - digit < count - done ? values - digit : count - done;
            for (int64_t i = 0; i < run; i++) rows[f * length + done + i] = search->field_lo[f] + digit;
            rest /= values;
        }
        for (int64_t i = 0; i < run; i++) row[done + i] += i;
        done += run;
    }
}

static void fill_tokens(explorer *search, int64_t token, int64_t count, int64_t at, int64_t length)
{
    if (!search->token_table) {
        enumerate_tokens(search, token, count, search->tokens + at, length);
        return;
    }
    for (int32_t f = 0; f < search->num_fields; f++)
        memcpy(search->tokens + f * length + at, search->token_table + f * search->num_tokens + token,
               (size_t)count * sizeof(int64_t));
}

static uint64_t low_bits(int64_t bits)
{
    return bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

static uint64_t get_bits(const uint64_t *key, int64_t place, int64_t bits)
{
    int64_t word = place >> 6, offset = place & 63;
    if (bits == 0) return 0;
    uint64_t value = key[word] >> offset;
    if (offset + bits > 64) value |= key[word + 1] << (64 - offset);
    return value & low_bits(bits);
}

void explore_state(const explorer *search, int64_t index, int side, int64_t *words)
{
    const uint64_t *key = search->found.keys + index * search->found.key_words;
    int64_t place = 0;
    for (int s = 0; s <= side; s++) {
        const ex_side *machine = search->sides + s;
        for (int32_t w = 0; w < machine->code->num_state; w++) {
            if (s == side)
                words[w] = (int64_t)((uint64_t)machine->state_lo[w] + get_bits(key, place, machine->state_bits[w]));
            place += machine->state_bits[w];
        }
    }
}

/* Packs one state word of n lanes into the keys, and flags the lanes where it is out of range. */
static void pack_word(explorer *search, const int64_t *row, int64_t lo, int64_t bits, int64_t place, int64_t n)
{
    const uint64_t limit = low_bits(bits);
    const int64_t offset = place & 63;
    uint64_t *keys = search->keys + (place >> 6) * n;
    for (int64_t i = 0; i < n; i++) search->flags[i] |= (uint64_t)row[i] - (uint64_t)lo > limit ? OUT_OF_RANGE : 0;
    if (bits == 0) return;
    for (int64_t i = 0; i < n; i++) keys[i] |= ((uint64_t)row[i] - (uint64_t)lo) << offset;
    if (offset + bits <= 64) return;
    for (int64_t i = 0; i < n; i++) keys[n + i] |= ((uint64_t)row[i] - (uint64_t)lo) >> (64 - offset);
}

static void pack_states(explorer *search, int64_t n)
{
    int64_t place = 0;
    memset(search->keys, 0, (size_t)(search->found.key_words * n) * sizeof(uint64_t));
    for (int s = 0; s < search->num_sides; s++) {
        const ex_side *side = search->sides + s;
        for (int32_t w = 0; w < side->code->num_state; w++) {
            pack_word(search, side->state + w * n, side->state_lo[w], side->state_bits[w], place, n);
            place += side->state_bits[w];
        }
    }
}

static void compare(explorer *search, int64_t n)
{
    const ex_side *a = search->sides, *b = a + 1;
    const int64_t num_outputs = search->num_outputs;
    for (int64_t i = 0; i < n; i++) search->flags[i] = (uint8_t)(a->errors[i] * ERROR_A | b->errors[i] * ERROR_B);
    if (num_outputs == 1) {
        for (int64_t i = 0; i < n; i++) search->flags[i] |= a->out[i] != b->out[i] ? DIFFERS : 0;
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        for (int64_t w = 0; w < num_outputs; w++)
            search->flags[i] |= a->out[i * num_outputs + w] != b->out[i * num_outputs + w] ? DIFFERS : 0;
    }
}

static void flag_errors(explorer *search, int64_t n)
{
    for (int64_t i = 0; i < n; i++) search->flags[i] = (uint8_t)(search->sides[0].errors[i] * ERROR_A);
}

static int add_initial(explorer *search, const int64_t *const *initial)
{
    for (int s = 0; s < search->num_sides; s++)
        for (int32_t w = 0; w < search->sides[s].code->num_state; w++) search->sides[s].state[w] = initial[s][w];
    search->flags[0] = 0;
    pack_states(search, 1);
    if (search->num_sides == 1) return visited_number(&search->found, search->keys, 1, -1, 0) == 0 ? 0 : -1;
    return visited_add(&search->found, search->keys, 1, -1, 0) == VISITED_NEW ? 0 : -1;
}

static int make_side(explorer *search, ex_side *side)
{
    const vm_code *code = side->code;
    const int64_t n = search->batch;
    side->columns = room_for(search->num_fields, sizeof(vm_column));
    side->state = room_for(code->num_state * n, sizeof(int64_t));
    side->out = room_for(code->num_outputs * n, sizeof(int64_t));
    side->errors = room_for(n, 1);
    side->scratch = calloc(vm_lanes_scratch_bytes(code, n), 1);
    if (!side->columns || !side->state || !side->out || !side->errors || !side->scratch) return -1;
    side->job = (vm_lanes_job){.columns = side->columns, .end = 1, .state = side->state, .out = (char *)side->out,
                               .out_dtype = 7, .errors = side->errors, .block = n,
                               .scratch = vm_align_scratch(side->scratch)};
    return 0;
}

static int make_sets(explorer *search, int64_t total_bits)
{
    if (search->num_sides == 2) return visited_init(&search->found, total_bits);
    if (visited_init_numbered(&search->found, total_bits / 64 + 1)) return -1;
    return visited_init_numbered(&search->record.words, search->num_outputs ? search->num_outputs : 1);
}

int explore_init(explorer *search, const int64_t *initial_a, const int64_t *initial_b)
{
    int64_t total_bits = 0;
    search->batch = VM_MAX_BLOCK;
    for (int s = 0; s < search->num_sides; s++) {
        int64_t block = vm_lanes_block(search->sides[s].code, VM_MAX_BLOCK);
        search->batch = block < search->batch ? block : search->batch;
    }
    for (int s = 0; s < search->num_sides; s++) {
        for (int32_t w = 0; w < search->sides[s].code->num_state; w++) total_bits += search->sides[s].state_bits[w];
        if (make_side(search, search->sides + s)) return -1;
    }
    if (make_sets(search, total_bits)) return -1;
    search->tokens = room_for(search->num_fields * search->batch, sizeof(int64_t));
    search->keys = room_for(search->found.key_words * search->batch, sizeof(uint64_t));
    search->flags = room_for(search->batch, 1);
    if (!search->tokens || !search->keys || !search->flags) return -1;
    if (search->num_tokens <= TABLE_TOKENS) {
        int64_t *table = room_for(search->num_fields * search->num_tokens, sizeof(int64_t));
        if (!table) return -1;
        enumerate_tokens(search, 0, search->num_tokens, table, search->num_tokens);
        search->token_table = table;
    }
    const int64_t *const initial[2] = {initial_a, initial_b};
    return add_initial(search, initial);
}

void explore_release(explorer *search)
{
    for (int s = 0; s < search->num_sides; s++) {
        ex_side *side = search->sides + s;
        void *owned[] = {side->columns, side->state, side->out, side->errors, side->scratch};
        for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++) free(owned[i]);
    }
    free(search->tokens);
    free(search->keys);
    free(search->flags);
    free(search->token_table);
    free(search->record.targets);
    free(search->record.outputs);
    visited_release(&search->record.words);
    visited_release(&search->found);
    memset(search, 0, sizeof(*search));
}

/* Fills the states and tokens of n lanes from the next transition on. */
static void fill_batch(explorer *search, int64_t n)
{
    int64_t state = search->state_at, token = search->token_at;
    for (int64_t at = 0; at < n; state++, token = 0) {
        int64_t left = search->num_tokens - token, run = left < n - at ? left : n - at, place = 0;
        const uint64_t *key = search->found.keys + state * search->found.key_words;
        for (int s = 0; s < search->num_sides; s++) {
            const ex_side *side = search->sides + s;
            for (int32_t w = 0; w < side->code->num_state; w++) {
                uint64_t offset = get_bits(key, place, side->state_bits[w]);
                int64_t value = (int64_t)((uint64_t)side->state_lo[w] + offset), *row = side->state + w * n + at;
                for (int64_t i = 0; i < run; i++) row[i] = value;
                place += side->state_bits[w];
            }
        }
        fill_tokens(search, token, run, at, n);
        at += run;
    }
}

static void run_batch(explorer *search, int64_t n)
{
    for (int s = 0; s < search->num_sides; s++) {
        ex_side *side = search->sides + s;
        side->job.num_lanes = n;
        for (int32_t f = 0; f < search->num_fields; f++)
            side->columns[f] = (vm_column){(const char *)(search->tokens + f * n), 0, sizeof(int64_t), 7};
        side->code->run_lanes(side->code, &side->job);
    }
}

static void stop_at(explorer *search, int status)
{
    search->status = status;
    search->stop_state = search->state_at;
    search->stop_token = search->token_at;
}

static void find_word_out_of_range(explorer *search, int64_t lane, int64_t n)
{
    for (int s = 0; s < search->num_sides; s++) {
        const ex_side *side = search->sides + s;
        for (int32_t w = 0; w < side->code->num_state; w++) {
            int64_t value = side->state[w * n + lane];
            if ((uint64_t)value - (uint64_t)side->state_lo[w] <= low_bits(side->state_bits[w])) continue;
            search->stop_side = s;
            search->stop_word = w;
            search->stop_value = value;
        }
    }
}

/* Takes one transition of the batch into account; the status tells whether the search goes on. */
static void follow(explorer *search, int64_t lane, int64_t n)
{
    const uint8_t flags = search->flags[lane], errors = flags & (ERROR_A | ERROR_B);
    if (errors == (ERROR_A | ERROR_B)) return;
    if (errors || flags & DIFFERS) {
        stop_at(search, EX_DIFFERENCE);
    } else if (flags & OUT_OF_RANGE) {
        find_word_out_of_range(search, lane, n);
        stop_at(search, EX_OUT_OF_RANGE);
    } else {
        int added = visited_add(&search->found, search->keys + lane, n, search->state_at, search->token_at);
        if (added == VISITED_NO_MEMORY) search->status = EX_NO_MEMORY;
        if (added == VISITED_NEW && search->found.num_states > search->max_states) search->status = EX_FULL;
    }
}

/* Room for n more transitions; returns -1 when memory ran out. */
static int make_room(explorer *search, int64_t n)
{
    ex_record *record = &search->record;
    if (search->transitions + n <= record->capacity) return 0;
    int64_t capacity = 2 * (search->transitions + n);
    int32_t *targets = realloc(record->targets, (size_t)capacity * sizeof(int32_t));
    if (targets) record->targets = targets;
    int32_t *outputs = realloc(record->outputs, (size_t)capacity * sizeof(int32_t));
    if (outputs) record->outputs = outputs;
    if (!targets || !outputs) return -1;
    record->capacity = capacity;
    return 0;
}

/* Records one transition of the batch. */
static void record(explorer *search, int64_t lane, int64_t n)
{
    const uint8_t flags = search->flags[lane];
    if (flags & ERROR_A) {
        stop_at(search, EX_ERROR);
        return;
    }
    if (flags & OUT_OF_RANGE) {
        find_word_out_of_range(search, lane, n);
        stop_at(search, EX_OUT_OF_RANGE);
        return;
    }
    const uint64_t *words = (const uint64_t *)(search->sides[0].out + lane * search->num_outputs);
    int64_t output = visited_number(&search->record.words, words, 1, search->state_at, search->token_at);
    int64_t target = visited_number(&search->found, search->keys + lane, n, search->state_at, search->token_at);
    if (output < 0 || target < 0) {
        search->status = EX_NO_MEMORY;
        return;
    }
    search->record.outputs[search->transitions - 1] = (int32_t)output;
    search->record.targets[search->transitions - 1] = (int32_t)target;
    if (search->found.num_states > search->max_states || search->transitions == INT32_MAX) search->status = EX_FULL;
}

static void follow_batch(explorer *search, int64_t n)
{
    for (int64_t i = 0; i < n; i++) visited_touch(&search->found, search->keys + i, n);
    for (int64_t i = 0; i < n; i++) {
        search->transitions++;
        if (search->num_sides == 1) record(search, i, n);
        else follow(search, i, n);
        if (search->status != EX_RUNNING) return;
        if (++search->token_at < search->num_tokens) continue;
        search->token_at = 0;
        search->state_at++;
    }
}

/* Transitions that are left with the states found so far, at most most. */
static int64_t transitions_left(const explorer *search, int64_t most)
{
    int64_t states = search->found.num_states - search->state_at;
    if (states > most / search->num_tokens + 1) return most;
    uint64_t left = (uint64_t)states * (uint64_t)search->num_tokens - (uint64_t)search->token_at;
    return left < (uint64_t)most ? (int64_t)left : most;
}

void explore_expand(explorer *search, int64_t max_transitions)
{
    int64_t begin = search->transitions;
    while (search->status == EX_RUNNING && search->transitions - begin < max_transitions) {
        int64_t n = transitions_left(search, search->batch);
        if (n == 0) {
            search->status = EX_CLOSED;
            return;
        }
        if (search->num_sides == 1 && make_room(search, n)) {
            search->status = EX_NO_MEMORY;
            return;
        }
        fill_batch(search, n);
        run_batch(search, n);
        if (search->num_sides == 1) flag_errors(search, n);
        else compare(search, n);
        pack_states(search, n);
        follow_batch(search, n);
    }
}
