/* Which lanes kernel this CPU runs, and how lanes are cut into blocks. */
#include "lanes.h"

enum { L1_BUDGET = 32 * 1024, MIN_BLOCK = 64, MAX_BLOCK = 1024 };

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

int64_t vm_lanes_block(const vm_code *code, int64_t num_lanes)
{
    int64_t per_lane = (int64_t)code->num_slots * (code->word_bits / 8) + 1;
    int64_t block = L1_BUDGET / per_lane / MIN_BLOCK * MIN_BLOCK;
    block = block < MIN_BLOCK ? MIN_BLOCK : block > MAX_BLOCK ? MAX_BLOCK : block;
    int64_t needed = (num_lanes + VM_LANE_GRAIN - 1) / VM_LANE_GRAIN * VM_LANE_GRAIN;
    return needed < block ? (needed ? needed : VM_LANE_GRAIN) : block;
}

size_t vm_lanes_scratch_bytes(const vm_code *code, int64_t block)
{
    return ((size_t)code->num_slots + 1) * (size_t)block * (size_t)(code->word_bits / 8) + VM_SCRATCH_ALIGN;
}
