// Counts the calls of the heap's entry points by every thread of the process. Linked into a test, its functions stand in
// front of the C library's and hand the call on. glibc only; elsewhere it counts nothing and says so.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

// Whether this platform lets us count.
bool allocation_counter_works(void);

// Calls of malloc, calloc, realloc, posix_memalign, aligned_alloc and memalign since the process started.
uint64_t allocation_counter_value(void);

#endif
