#include "allocation_counter.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

// Sanitizers bring an allocator of their own, which must see every call.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(SANITIZED)

static _Atomic uint64_t calls;
// The executable's own thread storage: reading it does not allocate.
static _Thread_local uint64_t thread_calls;

static void count(void) {
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    thread_calls += 1;
}

// glibc keeps its own functions under these names.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t number, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
    count();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count();
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
    count();
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    bool power = alignment != 0 && (alignment & (alignment - 1)) == 0;
    if (!power || alignment % sizeof(void *) != 0) return EINVAL;
    count();
    void *taken = __libc_memalign(alignment, size);
    if (taken == NULL) return ENOMEM;
    *memory = taken;
    return 0;
}

bool allocation_counter_works(void) { return true; }

uint64_t allocation_counter_process_value(void) { return atomic_load_explicit(&calls, memory_order_relaxed); }

uint64_t allocation_counter_thread_value(void) { return thread_calls; }

#else

bool allocation_counter_works(void) { return false; }

uint64_t allocation_counter_process_value(void) { return 0; }

uint64_t allocation_counter_thread_value(void) { return 0; }

#endif
