/* The diagonal kernels for one storage width S; W is the working width, U the same without sign. */
#if STORE_BITS == 8
#define S int8_t
#define W int16_t
#define U uint16_t
#define WORK_BITS 16
#define NAME(x) ISA_NAME(x##_8)
#elif STORE_BITS == 16
#define S int16_t
#define W int32_t
#define U uint32_t
#define WORK_BITS 32
#define NAME(x) ISA_NAME(x##_16)
#elif STORE_BITS == 32
#define S int32_t
#define W int64_t
#define U uint64_t
#define WORK_BITS 64
#define NAME(x) ISA_NAME(x##_32)
#else
#define S int64_t
#define W int64_t
#define U uint64_t
#define WORK_BITS 64
#define NAME(x) ISA_NAME(x##_64)
#endif

/* Constants and states of the words, arrays (d,) in the working width. */
typedef struct {
    const S *gates;
    S *out;
    ptrdiff_t num_gates, dim;
    const W *lo, *hi, *mask, *half, *errs; /* errs: all ones where leaving the range is an error */
    int places;
} NAME(tile);

/* vectors */
#if defined(__GNUC__)
#define VECTORS 1
typedef U NAME(vec) __attribute__((vector_size(VECTOR_BYTES), may_alias));
typedef W NAME(svec) __attribute__((vector_size(VECTOR_BYTES), may_alias));
typedef S NAME(store) __attribute__((vector_size(VECTOR_BYTES * STORE_BITS / WORK_BITS), may_alias));
#define V NAME(vec)
#define SV NAME(svec)
#define LANES ((int64_t)(VECTOR_BYTES / sizeof(W)))
#define KIND(x) NAME(x##_vector)

BM_INLINE V KIND(load)(const S *from)
{
#if LEVEL == 3 && STORE_BITS == 8
    return (V)_mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)from));
#elif LEVEL == 3 && STORE_BITS == 16
    return (V)_mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)from));
#elif LEVEL == 3 && STORE_BITS == 32
    return (V)_mm256_cvtepi32_epi64(_mm_loadu_si128((const __m128i *)from));
#elif LEVEL == 4 && STORE_BITS == 8
    return (V)_mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)from));
#elif LEVEL == 4 && STORE_BITS == 16
    return (V)_mm512_cvtepi16_epi32(_mm256_loadu_si256((const __m256i *)from));
#elif LEVEL == 4 && STORE_BITS == 32
    return (V)_mm512_cvtepi32_epi64(_mm256_loadu_si256((const __m256i *)from));
#else
    NAME(store) found;
    memcpy(&found, from, sizeof(found));
    return (V)__builtin_convertvector(found, SV);
#endif
}

BM_INLINE void KIND(store)(S *to, V value)
{
#if LEVEL == 4 && STORE_BITS == 8
    _mm256_storeu_si256((__m256i *)to, _mm512_cvtepi16_epi8((__m512i)value));
#elif LEVEL == 4 && STORE_BITS == 16
    _mm256_storeu_si256((__m256i *)to, _mm512_cvtepi32_epi16((__m512i)value));
#else
    NAME(store) kept = __builtin_convertvector((SV)value, NAME(store));
    memcpy(to, &kept, sizeof(kept));
#endif
}

BM_INLINE V KIND(words)(const W *from)
{
    V found;
    memcpy(&found, from, sizeof(found));
    return found;
}

BM_INLINE V KIND(min)(V x, V y)
{
#if LEVEL == 3 && WORK_BITS == 16
    return (V)_mm256_min_epi16((__m256i)x, (__m256i)y);
#elif LEVEL == 3 && WORK_BITS == 32
    return (V)_mm256_min_epi32((__m256i)x, (__m256i)y);
#elif LEVEL == 4 && WORK_BITS == 16
    return (V)_mm512_min_epi16((__m512i)x, (__m512i)y);
#elif LEVEL == 4 && WORK_BITS == 32
    return (V)_mm512_min_epi32((__m512i)x, (__m512i)y);
#elif LEVEL == 4
    return (V)_mm512_min_epi64((__m512i)x, (__m512i)y);
#else
    V less = (V)((SV)x < (SV)y);
    return (x & less) | (y & ~less);
#endif
}

BM_INLINE V KIND(max)(V x, V y)
{
#if LEVEL == 3 && WORK_BITS == 16
    return (V)_mm256_max_epi16((__m256i)x, (__m256i)y);
#elif LEVEL == 3 && WORK_BITS == 32
    return (V)_mm256_max_epi32((__m256i)x, (__m256i)y);
#elif LEVEL == 4 && WORK_BITS == 16
    return (V)_mm512_max_epi16((__m512i)x, (__m512i)y);
#elif LEVEL == 4 && WORK_BITS == 32
    return (V)_mm512_max_epi32((__m512i)x, (__m512i)y);
#elif LEVEL == 4
    return (V)_mm512_max_epi64((__m512i)x, (__m512i)y);
#else
    V less = (V)((SV)x < (SV)y);
    return (y & less) | (x & ~less);
#endif
}

BM_INLINE V KIND(times)(V x, V y) { return x * y; }

BM_INLINE int KIND(any)(V x)
{
    U all = 0;
    for (int64_t i = 0; i < LANES; i++) all |= x[i];
    return all != 0;
}

#include "diagonal_group.h"
#undef V
#undef SV
#undef LANES
#undef KIND
#else
#define VECTORS 0
#endif

/* single words */
#define V U
#define SV W
#define LANES 1
#define KIND(x) NAME(x##_word)

BM_INLINE V KIND(load)(const S *from) { return (V)*from; }
BM_INLINE void KIND(store)(S *to, V value) { *to = (S)value; }
BM_INLINE V KIND(words)(const W *from) { return (V)*from; }
BM_INLINE V KIND(min)(V x, V y) { return (SV)x < (SV)y ? x : y; }
BM_INLINE V KIND(max)(V x, V y) { return (SV)x < (SV)y ? y : x; }
BM_INLINE V KIND(times)(V x, V y) { return (V)((uint64_t)x * (uint64_t)y); } /* uint16_t would become int */
BM_INLINE int KIND(any)(V x) { return x != 0; }

#include "diagonal_group.h"
#undef V
#undef SV
#undef LANES
#undef KIND

#include "diagonal_driver.h"

#undef VECTORS
#undef S
#undef W
#undef U
#undef WORK_BITS
#undef NAME
