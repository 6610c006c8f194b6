/* Which x86-64 levels there is code for, and which this CPU runs. */
#ifndef STREAMSSM_LEVELS_H
#define STREAMSSM_LEVELS_H

/* Dispatch needs an x86-64 compiler with per-function targets; otherwise there is baseline code only. */
#if defined(__x86_64__) && ((defined(__clang__) && __clang_major__ >= 12) || (!defined(__clang__) && __GNUC__ >= 11))
#define VM_HAVE_X86_LEVELS 1
#else
#define VM_HAVE_X86_LEVELS 0
#endif

#if VM_HAVE_X86_LEVELS
static inline int has_v3(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
           __builtin_cpu_supports("fma");
}

static inline int has_v4(void)
{
    return has_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}

static inline int num_levels(void)
{
    __builtin_cpu_init();
    return 1 + has_v3() + has_v4();
}
#else
static inline int num_levels(void)
{
    return 1;
}
#endif

#endif
