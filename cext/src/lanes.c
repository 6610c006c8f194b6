/* Which lanes kernels this CPU runs. */
#include "lanes.h"

static const vm_isa ISAS[] = {
    {"baseline", run32_baseline, run64_baseline},
#if VM_HAVE_X86_LEVELS
    {"x86-64-v3", run32_v3, run64_v3},
    {"x86-64-v4", run32_v4, run64_v4},
#endif
};

const vm_isa *vm_isas(int *count)
{
    *count = num_levels();
    return ISAS;
}
