/* Linear recurrences over arrays of gates: h = settle(round(A h) + B), one row of gates per step, and block maps.
 *
 * Shapes: d words, T steps, G = gates of a step: the entries that make up A, then B. A row of gates and a row of
 * states are integers of one storage width, 8 to 64 bits; sums of 8 to 32 bits are exact in twice that width, and the
 * caller promises that those of 64 bits stay below 2^62. Where a promise is broken, results are unspecified, but
 * nothing is read or written out of bounds, and no division traps.
 */
#ifndef STREAMSSM_BLOCKMAP_H
#define STREAMSSM_BLOCKMAP_H

#include <stddef.h>
#include <stdint.h>

enum { BM_ERROR, BM_SATURATE, BM_WRAP, BM_CYCLE, BM_MIXED };
enum { BM_DIAGONAL, BM_DENSE, BM_MONOMIAL, BM_HOUSEHOLDER };

/* The formats of the words, each array (d,). */
typedef struct {
    const int64_t *lo, *hi;
    const int64_t *places;   /* bits dropped after the sum of A h */
    const int64_t *nearest;  /* whether half a unit is added before that */
    const int64_t *overflow; /* BM_ERROR to BM_CYCLE */
} bm_words;

typedef struct {
    const void *gates; /* (T, G) */
    void *out;         /* (T, d), what the states become */
    int64_t num_steps, num_gates, dim;
    int32_t bits;   /* of the storage */
    int32_t layout; /* BM_DIAGONAL to BM_HOUSEHOLDER */
    int64_t reflections, fraction_bits; /* of a householder transition: factors, and bits of each */
    bm_words words;
    int64_t *state;   /* (d,), updated; on an error, that before the step */
    void *scratch;    /* bm_scratch_bytes */
    int64_t *results; /* what a compose function gives */
} bm_job;

/* The first step that errs, or T. */
typedef int64_t (*bm_scan_fn)(const bm_job *job);
typedef void (*bm_compose_fn)(const bm_job *job);
typedef void (*bm_word_fn)(const bm_job *job, int64_t word);

typedef struct {
    bm_scan_fn scan[4]; /* by storage of 8, 16, 32, 64 bits; diagonal, no cycles */
    bm_compose_fn affine[4], line[4];
} bm_isa;

const bm_isa *bm_best_isa(int level); /* level: -1, or at most that one */

enum { BM_TILE = 8, BM_COMPONENTS = 16 };

static inline size_t bm_scratch_bytes(int64_t dim, int64_t num_gates)
{
    return ((size_t)BM_COMPONENTS * (size_t)dim + (size_t)num_gates + 64) * 8;
}

static inline int bm_storage(int32_t bits)
{
    return bits == 8 ? 0 : bits == 16 ? 1 : bits == 32 ? 2 : 3;
}

/* What the word i becomes from the exact sum of A h, and from B; sets *err where it leaves its range. */
int64_t bm_settle(const bm_words *words, int64_t i, int64_t sum, int64_t increment, int *err);
void bm_fetch_row(const bm_job *job, int64_t step, int64_t first, int64_t count, int64_t *row);
void bm_store_row(const bm_job *job, int64_t step, const int64_t *row);

/* Plain code for every layout and overflow, from step begin on. */
int64_t bm_scan_plain(const bm_job *job, int64_t begin, int64_t end);

/* results: affine (2, d) slope, offset modulo the working width; line (4, d) slope, offset, low, high. */
/* Of one word, results of: cycle 2, clamp 5, shift 6, table hi - lo + 1 with as much room in index and in place. */
void bm_compose_cycle(const bm_job *job, int64_t word);
void bm_compose_clamp(const bm_job *job, int64_t word);
void bm_compose_shift(const bm_job *job, int64_t word);
void bm_compose_table(const bm_job *job, int64_t word, int64_t *index, int64_t *place);
/* results (d, d + 1): matrix and offsets, modulo 2^64. */
void bm_compose_matrix(const bm_job *job);

#endif
