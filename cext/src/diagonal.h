/* What every instruction set's copy of diagonal_isa.h needs, included before any target is chosen. */
#ifndef STREAMSSM_DIAGONAL_H
#define STREAMSSM_DIAGONAL_H

#include <string.h>

#include "blockmap.h"
#include "levels.h"

#if defined(__GNUC__)
#define BM_INLINE static inline __attribute__((always_inline))
#else
#define BM_INLINE static inline
#endif

#if defined(__clang__)
#define BM_UNROLL _Pragma("unroll")
#elif defined(__GNUC__)
#define BM_UNROLL _Pragma("GCC unroll 8")
#else
#define BM_UNROLL
#endif

/* How a layer's words settle: BM_ERROR, BM_SATURATE or BM_WRAP if all of them do, else BM_MIXED or BM_CYCLE. */
BM_INLINE int bm_mode(const bm_job *job)
{
    if (job->dim == 0) return BM_ERROR;
    const int64_t *overflow = job->words.overflow;
    int mode = (int)overflow[0];
    for (int64_t i = 0; i < job->dim; i++) {
        if (overflow[i] == BM_CYCLE) return BM_CYCLE;
        if (overflow[i] != mode) mode = BM_MIXED;
    }
    return mode;
}

extern const bm_isa bm_kernels_baseline, bm_kernels_v3, bm_kernels_v4;

#endif
