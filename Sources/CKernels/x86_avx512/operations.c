#if defined(__x86_64__)
#include <immintrin.h>

#include "../lanes/lanes.h"

#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), apply_to = function)

SLUICE_INLINE lanes load_half_lanes(const uint16_t *from) {
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(const void *)from));
}

SLUICE_INLINE void store_half_lanes(uint16_t *to, lanes values) {
    _mm256_storeu_si256((__m256i *)(void *)to, _mm512_cvtps_ph(values, _MM_FROUND_TO_NEAREST_INT));
}

// 16 pairs of one register each, with eight loads for sixteen multiply-adds.
enum { PRODUCT_ROWS = 4, PRODUCT_TOKENS = 4 };

#include "../lanes/table.h"

#pragma clang attribute pop

extern const struct sluice_operations sluice_operations_avx512;
const struct sluice_operations sluice_operations_avx512 = SLUICE_OPERATIONS_TABLE;
#endif
