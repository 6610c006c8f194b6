/* Floor division that cannot trap, and exact floor division by a positive constant.
 *
 * For 0 <= n < 2^(N-1) and 2^(l-1) < d <= 2^l: floor(n/d) = (m n) >> (N-1+l) with m = ceil(2^(N-1+l)/d), because
 * m d - 2^(N-1+l) < d <= 2^l makes the error term smaller than 1/d. m fits N bits. A negative n goes through
 * floor(n/d) = ~floor(~n/d).
 */
#ifndef STREAMSSM_DIVISION_H
#define STREAMSSM_DIVISION_H

#include <stdint.h>

static inline int64_t floor_div64(int64_t a, int64_t b)
{
    if (b == 0) return 0;
    if (b == -1) return (int64_t)(0 - (uint64_t)a);
    int64_t q = a / b;
    return q - ((a % b != 0) & ((a ^ b) < 0));
}

static inline int64_t floor_mod64(int64_t a, int64_t b)
{
    if (b == 0 || b == -1) return 0;
    int64_t r = a % b;
    return (r != 0 && (r ^ b) < 0) ? r + b : r;
}

static inline int ceil_log2(uint64_t d)
{
    int l = 0;
    while (l < 63 && ((uint64_t)1 << l) < d) l++;
    return l;
}

#if defined(__SIZEOF_INT128__)
static inline uint64_t magic_of64(uint64_t d, int l)
{
    return (uint64_t)((((unsigned __int128)1 << (63 + l)) + d - 1) / d);
}

static inline int64_t div_const64(int64_t a, int64_t d, uint64_t magic, int l)
{
    (void)d;
    int64_t sign = a >> 63;
    uint64_t q = (uint64_t)(((unsigned __int128)magic * (uint64_t)(a ^ sign)) >> 64) >> (l - 1);
    return (int64_t)q ^ sign;
}
#else
static inline uint64_t magic_of64(uint64_t d, int l)
{
    (void)d, (void)l;
    return 0;
}

static inline int64_t div_const64(int64_t a, int64_t d, uint64_t magic, int l)
{
    (void)magic, (void)l;
    return floor_div64(a, d);
}
#endif

static inline uint64_t magic_of32(uint64_t d, int l)
{
    return (((uint64_t)1 << (31 + l)) + d - 1) / d;
}

#endif
