#include "include/sluice_formats.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#elif defined(__aarch64__) && defined(__APPLE__)
#include <sys/sysctl.h>
#endif

#if defined(__aarch64__)
// Advanced SIMD is part of every AArch64 processor that runs a general-purpose operating system, its dot
// product of most since 2018.
static bool has_dot_product(void) {
#if defined(__linux__)
    // HWCAP_ASIMDDP of the kernel's interface.
    return getauxval(AT_HWCAP) >> 20 & 1;
#elif defined(__APPLE__)
    int32_t value = 0;
    size_t size = sizeof value;
    return sysctlbyname("hw.optional.arm.FEAT_DotProd", &value, &size, NULL, 0) == 0 && value == 1;
#else
    return false;
#endif
}
#endif

bool sluice_multiplies_bf16(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return sluice_supports(SLUICE_AVX512) && __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

bool sluice_permutes_bytes(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return sluice_supports(SLUICE_AVX512) && __builtin_cpu_supports("avx512vbmi");
#else
    return false;
#endif
}

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
    case SLUICE_NEON:
        return has_dot_product();
#endif
    default:
        return false;
    }
}
