/* The diagonal kernels for x86-64-v4 (AVX-512). */
#include "diagonal.h"

#if VM_HAVE_X86_LEVELS
#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("arch=x86-64-v4,prefer-vector-width=512")
#endif

#define VECTOR_BYTES 64
#define LEVEL 4
#define ISA_NAME(x) x##_v4
#include "diagonal_isa.h"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
