#include "visited.h"

#include <stdlib.h>
#include <string.h>

enum { BITMAP_BITS = 27, FIRST_CAPACITY = 1024, FIRST_ENTRIES = 4096 };

#if defined(__GNUC__)
#define PREFETCH(p) __builtin_prefetch(p)
#else
#define PREFETCH(p) ((void)(p))
#endif

static uint64_t hash_of(const visited *set, const uint64_t *key, ptrdiff_t stride)
{
    uint64_t hash = 0;
    for (int64_t k = 0; k < set->key_words; k++) {
        hash = (hash ^ key[k * stride]) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 32;
    }
    return hash;
}

static int make_table(visited *set)
{
    set->mask = FIRST_ENTRIES - 1;
    set->table = calloc(FIRST_ENTRIES, sizeof(uint64_t));
    return set->table ? 0 : -1;
}

int visited_init(visited *set, int64_t total_bits)
{
    memset(set, 0, sizeof(*set));
    /* a single word is left one bit to spare, so that key + 1 is never 0 */
    set->key_words = total_bits / 64 + 1;
    if (total_bits <= BITMAP_BITS) {
        set->bitmap = calloc(((size_t)1 << total_bits) / 64 + 1, sizeof(uint64_t));
        return set->bitmap ? 0 : -1;
    }
    set->numbered = set->key_words > 1;
    return make_table(set);
}

int visited_init_numbered(visited *set, int64_t key_words)
{
    memset(set, 0, sizeof(*set));
    set->key_words = key_words;
    set->numbered = 1;
    return make_table(set);
}

void visited_release(visited *set)
{
    free(set->keys);
    free(set->parents);
    free(set->tokens);
    free(set->bitmap);
    free(set->table);
    memset(set, 0, sizeof(*set));
}

static int grow_array(void **array, int64_t capacity, size_t size)
{
    void *grown = realloc(*array, (size_t)capacity * size);
    if (!grown) return -1;
    *array = grown;
    return 0;
}

static int append(visited *set, const uint64_t *key, ptrdiff_t stride, int64_t parent, int64_t token)
{
    if (set->num_states == set->capacity) {
        int64_t capacity = set->capacity ? 2 * set->capacity : FIRST_CAPACITY;
        if (grow_array((void **)&set->keys, capacity, (size_t)set->key_words * sizeof(uint64_t)) ||
            grow_array((void **)&set->parents, capacity, sizeof(int64_t)) ||
            grow_array((void **)&set->tokens, capacity, sizeof(int64_t)))
            return -1;
        set->capacity = capacity;
    }
    for (int64_t k = 0; k < set->key_words; k++) set->keys[set->num_states * set->key_words + k] = key[k * stride];
    set->parents[set->num_states] = parent;
    set->tokens[set->num_states++] = token;
    return 0;
}

static int same_key(const visited *set, int64_t index, const uint64_t *key, ptrdiff_t stride)
{
    const uint64_t *stored = set->keys + index * set->key_words;
    for (int64_t k = 0; k < set->key_words; k++) {
        if (stored[k] != key[k * stride]) return 0;
    }
    return 1;
}

/* Twice the entries; every state is put in again. */
static int grow_table(visited *set)
{
    uint64_t mask = 2 * set->mask + 1;
    uint64_t *table = calloc((size_t)mask + 1, sizeof(uint64_t));
    if (!table) return -1;
    for (int64_t index = 0; index < set->num_states; index++) {
        const uint64_t *key = set->keys + index * set->key_words;
        uint64_t place = hash_of(set, key, 1) & mask;
        while (table[place]) place = (place + 1) & mask;
        table[place] = set->numbered ? (uint64_t)index + 1 : key[0] + 1;
    }
    free(set->table);
    set->table = table;
    set->mask = mask;
    return 0;
}

void visited_touch(const visited *set, const uint64_t *key, ptrdiff_t stride)
{
    if (set->bitmap) PREFETCH(set->bitmap + (key[0] >> 6));
    else PREFETCH(set->table + (hash_of(set, key, stride) & set->mask));
}

/* The table's entry of a key, or the free one where it belongs. */
static uint64_t *entry_of(const visited *set, const uint64_t *key, ptrdiff_t stride)
{
    uint64_t place = hash_of(set, key, stride) & set->mask;
    for (; set->table[place]; place = (place + 1) & set->mask) {
        uint64_t entry = set->table[place];
        if (set->numbered ? same_key(set, (int64_t)entry - 1, key, stride) : entry == key[0] + 1) break;
    }
    return set->table + place;
}

/* Puts a new state into a free entry. */
static int put(visited *set, uint64_t *entry, const uint64_t *key, ptrdiff_t stride, int64_t parent, int64_t token)
{
    *entry = set->numbered ? (uint64_t)set->num_states + 1 : key[0] + 1;
    if (append(set, key, stride, parent, token)) return -1;
    return (uint64_t)set->num_states * 2 > set->mask ? grow_table(set) : 0;
}

int visited_add(visited *set, const uint64_t *key, ptrdiff_t stride, int64_t parent, int64_t token)
{
    if (set->bitmap) {
        uint64_t bit = UINT64_C(1) << (key[0] & 63);
        if (set->bitmap[key[0] >> 6] & bit) return VISITED_OLD;
        set->bitmap[key[0] >> 6] |= bit;
        return append(set, key, stride, parent, token) ? VISITED_NO_MEMORY : VISITED_NEW;
    }
    uint64_t *entry = entry_of(set, key, stride);
    if (*entry) return VISITED_OLD;
    return put(set, entry, key, stride, parent, token) ? VISITED_NO_MEMORY : VISITED_NEW;
}

int64_t visited_number(visited *set, const uint64_t *key, ptrdiff_t stride, int64_t parent, int64_t token)
{
    uint64_t *entry = entry_of(set, key, stride);
    if (*entry) return (int64_t)*entry - 1;
    return put(set, entry, key, stride, parent, token) ? -1 : set->num_states - 1;
}
