/* Breadth-first search of the joint states of two machines that read the same tokens, or of the states of one, whose
 * transitions are then recorded.
 *
 * A batch of n lanes is n successive transitions in the order (state index, token index), so that new states are found,
 * and the first difference is met, exactly as one transition at a time would.
 */
#ifndef STREAMSSM_EXPLORE_H
#define STREAMSSM_EXPLORE_H

#include "machine.h"
#include "visited.h"

enum { EX_RUNNING, EX_CLOSED, EX_DIFFERENCE, EX_FULL, EX_OUT_OF_RANGE, EX_NO_MEMORY, EX_ERROR };

typedef struct {
    const vm_code *code;
    const int64_t *state_lo, *state_bits; /* (S,) */
    vm_column *columns;                   /* (F,), rows of the explorer's tokens */
    int64_t *state;                       /* (S, n) */
    int64_t *out;                         /* (n, W) */
    uint8_t *errors;                      /* (n,) */
    void *scratch;
    vm_lanes_job job;
} ex_side;

/* What every transition leads to and gives, in the order in which they are followed. */
typedef struct {
    int32_t *targets, *outputs; /* (capacity,) */
    int64_t capacity;
    visited words; /* the outputs, numbered as they were met */
} ex_record;

typedef struct {
    ex_side sides[2];
    int32_t num_sides; /* 2, or 1 to record */
    int32_t num_fields, num_outputs;
    const int64_t *field_lo, *field_hi; /* (F,) */
    int64_t num_tokens, max_states, batch;
    int64_t *token_table; /* (F, num_tokens), or NULL where there are too many */
    int64_t *tokens;      /* (F, n) */
    uint64_t *keys;       /* (K, n) */
    uint8_t *flags;       /* (n,) */
    visited found;
    ex_record record;
    int64_t state_at, token_at; /* the next transition */
    int64_t transitions;
    int status;
    int64_t stop_state, stop_token;           /* of a difference, an error or a state out of range */
    int32_t stop_side, stop_word;             /* of a state out of range */
    int64_t stop_value;
} explorer;

/* sides' code, state_lo, state_bits, and everything up to max_states are set, initial states are in range; to record,
 * max_states < 2^31. */
int explore_init(explorer *search, const int64_t *initial_a, const int64_t *initial_b);
void explore_release(explorer *search);
void explore_expand(explorer *search, int64_t max_transitions);
/* Words of a side of a found state. */
void explore_state(const explorer *search, int64_t index, int side, int64_t *words);
/* Fields of a token, the last one fastest. */
void explore_token(const explorer *search, int64_t token, int64_t *fields);

#endif
