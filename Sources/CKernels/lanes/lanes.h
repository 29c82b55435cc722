// Sixteen Float32 lanes as a compiler vector: one source that every instruction set compiles in its own
// target region.
//
// Each operation on lanes rounds exactly like the same operation on one float, so equal code gives equal bits
// everywhere. What lanes cannot express (halves, table look-ups) comes from the set's own primitives.h.
#ifndef SLUICE_LANES_H
#define SLUICE_LANES_H

#include "../blocks/blocks.h"
#include "../include/sluice_operations.h"

enum { LANES = 16 };

typedef float lanes __attribute__((ext_vector_type(16)));
typedef int32_t lane_bits __attribute__((ext_vector_type(16)));
// The same in memory that has no alignment beyond an element's.
typedef float unaligned_lanes __attribute__((ext_vector_type(16), aligned(4), may_alias));

// Sixteen packed integers.
typedef uint8_t codes __attribute__((ext_vector_type(16)));
typedef int8_t signed_codes __attribute__((ext_vector_type(16)));
typedef uint8_t unaligned_codes __attribute__((ext_vector_type(16), aligned(1), may_alias));

#define SLUICE_INLINE static inline __attribute__((always_inline))

// In front of a loop that must not stay one: its arrays become registers.
#define UNROLLED _Pragma("clang loop unroll(full)")

#endif
