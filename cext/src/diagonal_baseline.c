/* The diagonal kernels as every machine of the architecture runs them. */
#include "diagonal.h"

#define VECTOR_BYTES 16
#define LEVEL 1
#define ISA_NAME(x) x##_baseline
#include "diagonal_isa.h"
