/* Which diagonal kernels this CPU runs. */
#include "diagonal.h"

const bm_isa *bm_best_isa(int level)
{
    int levels = num_levels();
    if (level >= 0 && level < levels) levels = level + 1;
#if VM_HAVE_X86_LEVELS
    if (levels == 3) return &bm_kernels_v4;
    if (levels == 2) return &bm_kernels_v3;
#endif
    return &bm_kernels_baseline;
}
