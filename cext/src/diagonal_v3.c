/* The diagonal kernels for x86-64-v3 (AVX2). */
#include "diagonal.h"

#if VM_HAVE_X86_LEVELS
#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("arch=x86-64-v3")
#endif

#define VECTOR_BYTES 32
#define LEVEL 3
#define ISA_NAME(x) x##_v3
#include "diagonal_isa.h"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
