/* Every storage width of the diagonal kernels, for one instruction set.
 *
 * Defined before: ISA_NAME(x) a unique name for x, VECTOR_BYTES of the widest vector, LEVEL 1 (baseline), 3 or 4.
 */
#define STORE_BITS 8
#include "diagonal_width.h"
#undef STORE_BITS
#define STORE_BITS 16
#include "diagonal_width.h"
#undef STORE_BITS
#define STORE_BITS 32
#include "diagonal_width.h"
#undef STORE_BITS
#define STORE_BITS 64
#include "diagonal_width.h"
#undef STORE_BITS

const bm_isa ISA_NAME(bm_kernels) = {
    {ISA_NAME(scan_8), ISA_NAME(scan_16), ISA_NAME(scan_32), ISA_NAME(scan_64)},
    {ISA_NAME(affine_8), ISA_NAME(affine_16), ISA_NAME(affine_32), ISA_NAME(affine_64)},
    {ISA_NAME(line_8), ISA_NAME(line_16), ISA_NAME(line_32), ISA_NAME(line_64)},
};
