/* What every instruction set's copy of lanes_impl.h needs, included before any target is chosen. */
#ifndef STREAMSSM_LANES_H
#define STREAMSSM_LANES_H

#include <stddef.h>
#include <stdint.h>

#include "division.h"
#include "levels.h"
#include "machine.h"

#if defined(__clang__)
#define IVDEP _Pragma("clang loop vectorize(assume_safety)")
#define ALIGNED(p) __builtin_assume_aligned(p, VM_SCRATCH_ALIGN)
#elif defined(__GNUC__)
#define IVDEP _Pragma("GCC ivdep")
#define ALIGNED(p) __builtin_assume_aligned(p, VM_SCRATCH_ALIGN)
#else
#define IVDEP
#define ALIGNED(p) (p)
#endif

#define VM_DECLARE_ISA(isa) \
    vm_stop run32_##isa(const vm_code *code, vm_lanes_job *job); \
    vm_stop run64_##isa(const vm_code *code, vm_lanes_job *job);

VM_DECLARE_ISA(baseline)
VM_DECLARE_ISA(v3)
VM_DECLARE_ISA(v4)

#endif
