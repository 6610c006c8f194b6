/* The joint states found so far, in order of discovery, and a set to look them up in.
 *
 * A key is K words of packed bits. Up to BITMAP_BITS the set is a bitmap; for K = 1 a table of keys + 1; for wider keys,
 * and wherever states are looked up by their keys, a table of indices + 1. 0 marks a free entry.
 */
#ifndef STREAMSSM_VISITED_H
#define STREAMSSM_VISITED_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    int64_t key_words, num_states, capacity;
    uint64_t *keys;   /* (capacity, K) */
    int64_t *parents; /* (capacity,) */
    int64_t *tokens;  /* (capacity,), what led from the parent */
    int numbered;     /* whether the table holds indices */
    uint64_t *bitmap; /* or NULL */
    uint64_t *table;  /* or NULL */
    uint64_t mask;    /* entries of the table - 1 */
} visited;

enum { VISITED_OLD, VISITED_NEW, VISITED_NO_MEMORY };

int visited_init(visited *set, int64_t total_bits);
/* A set in which visited_number finds a state's index; keys of K words. */
int visited_init_numbered(visited *set, int64_t key_words);
void visited_release(visited *set);
/* Asks for the entry to be brought near; visited_add follows soon. */
void visited_touch(const visited *set, const uint64_t *key, ptrdiff_t stride);
/* key: K words, stride apart. */
int visited_add(visited *set, const uint64_t *key, ptrdiff_t stride, int64_t parent, int64_t token);
/* The index of a state, which is added where it is new; -1 when memory ran out. */
int64_t visited_number(visited *set, const uint64_t *key, ptrdiff_t stride, int64_t parent, int64_t token);

#endif
