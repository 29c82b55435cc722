// Counts the calls of the heap's entry points. Linked into a test, its functions stand in
// front of the C library's and hand the call on. glibc only; elsewhere it counts nothing and says so.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

// Whether this platform lets us count.
bool allocation_counter_works(void);

// Calls of malloc, calloc, realloc, posix_memalign, aligned_alloc and memalign since the process started, by
// all threads.
uint64_t allocation_counter_process_value(void);

// The same by the calling thread.
uint64_t allocation_counter_thread_value(void);

#endif
