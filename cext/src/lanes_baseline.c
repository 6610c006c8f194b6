/* The lanes kernel as every machine of the architecture runs it. */
#include "lanes.h"

#define VECTOR_BYTES 16
#define ISA_NAME(x) x##_baseline
#define WORD_BITS 32
#include "lanes_impl.h"
#undef WORD_BITS
#define WORD_BITS 64
#include "lanes_impl.h"
