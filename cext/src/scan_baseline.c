/* The diagonal kernels as every machine of the architecture runs them. */
#include "scan.h"

#define VECTOR_BYTES 16
#define LEVEL 1
#define ISA_NAME(x) x##_baseline
#include "scan_isa.h"
