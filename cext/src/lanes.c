/* Which lanes kernels this CPU runs. */
#include "lanes.h"

static const vm_isa ISAS[] = {
    {"baseline", run32_baseline, run64_baseline},
#if VM_HAVE_X86_LEVELS
    {"x86-64-v3", run32_v3, run64_v3},
    {"x86-64-v4", run32_v4, run64_v4},
#endif
};

#if VM_HAVE_X86_LEVELS
static int has_v3(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
           __builtin_cpu_supports("fma");
}

static int has_v4(void)
{
    return has_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}
#endif

const vm_isa *vm_isas(int *count)
{
    *count = 1;
#if VM_HAVE_X86_LEVELS
    __builtin_cpu_init();
    *count += has_v3() + has_v4();
#endif
    return ISAS;
}
