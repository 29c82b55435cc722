#include "include/sluice_formats.h"

bool sluice_supports(enum sluice_instruction_set set) {
    switch (set) {
    case SLUICE_SCALAR:
        return true;
#if defined(__x86_64__)
    // The compiler's run-time asks cpuid and, for the wide registers, whether the operating system saves them
    // (xgetbv).
    case SLUICE_AVX2:
        __builtin_cpu_init();
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
            && __builtin_cpu_supports("f16c");
    case SLUICE_AVX512:
        __builtin_cpu_init();
        return sluice_supports(SLUICE_AVX2) && __builtin_cpu_supports("avx512f")
            && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
#endif
#if defined(__aarch64__)
    // Part of every AArch64 processor that runs a general-purpose operating system.
    case SLUICE_NEON:
        return true;
#endif
    default:
        return false;
    }
}
