/* Complete deterministic machines as tables: minimisation, and the first word that tells two machines apart.
 *
 * Shapes: S states, A symbols, R output words of a state: 1 if outputs are of states, A if they are of transitions.
 * All memory is the caller's, so that nothing here can fail.
 */
#ifndef STREAMSSM_AUTOMATON_H
#define STREAMSSM_AUTOMATON_H

#include <stdint.h>

typedef struct {
    const int32_t *next; /* (S, A), S * A < 2^31 */
    const int32_t *out;  /* (S, R) */
    int32_t num_states, num_symbols, out_width, initial;
} am_machine;

typedef struct {
    int32_t block, place; /* which block, and where in elements */
} am_state;

typedef struct {
    int32_t first, end, marked; /* elements[first, first + marked) are the marked ones */
} am_block;

/* What minimisation works on; the rows are those of reachable states alone, in breadth-first order. */
typedef struct {
    int32_t num_reachable, num_blocks;
    int32_t *order;    /* (S,) states as they were met */
    int32_t *number;   /* (S,) and back, -1 for states that are not reachable */
    int32_t *targets;  /* (S, A) */
    int32_t *offsets;  /* (S * A + 1,) where the sources of a target and a symbol begin */
    int32_t *sources;  /* (S * A,); before that the rows that blocks are split by */
    int32_t *elements; /* (S,) states, those of a block together */
    int32_t *buffer;   /* (S,) */
    int32_t *touched;  /* (S,) */
    am_state *states;  /* (S,) */
    am_block *blocks;  /* (S,) */
    int32_t *table;    /* (table_mask + 1,) states + 1, hashed by their block and row */
    int64_t table_mask;
} am_partition;

/* Writes the states that the initial one reaches to order, and their places to number. */
void am_reach(const am_machine *machine, am_partition *work);
/* After am_reach. block_of: (S,), -1 for states that are not reachable; representatives: (S,), the first
 * state of each block in breadth-first order, which also numbers the blocks. */
void am_minimize(const am_machine *machine, am_partition *work, int32_t *block_of, int32_t *representatives);

typedef struct {
    int32_t *parents; /* (S_a + S_b,), -1 - size for the root of a set */
    int32_t *left, *right; /* (S_a + S_b,) a queue of pairs */
    int32_t *origins, *symbols; /* (S_a + S_b,) the pair and the symbol that led to each */
} am_pairs;

typedef struct {
    int32_t pair, place; /* the first pair that differs and where its outputs do; -1, -1 if none does */
} am_difference;

am_difference am_distinguish(const am_machine *a, const am_machine *b, am_pairs *work);

#endif
