#if defined(__x86_64__)
#include <immintrin.h>

#include "../lanes/lanes.h"

#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

SLUICE_INLINE lanes load_half_lanes(const uint16_t *from) {
    lanes values;
    values.lo = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)from));
    values.hi = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(from + 8)));
    return values;
}

SLUICE_INLINE void store_half_lanes(uint16_t *to, lanes values) {
    _mm_storeu_si128((__m128i *)(void *)to, _mm256_cvtps_ph(values.lo, _MM_FROUND_TO_NEAREST_INT));
    _mm_storeu_si128((__m128i *)(void *)(to + 8), _mm256_cvtps_ph(values.hi, _MM_FROUND_TO_NEAREST_INT));
}

// 2 x 3 pairs of two registers each leave four of the sixteen for weights and inputs.
enum { PRODUCT_ROWS = 2, PRODUCT_TOKENS = 3 };

#include "../lanes/table.h"

#pragma clang attribute pop

extern const struct sluice_operations sluice_operations_avx2;
const struct sluice_operations sluice_operations_avx2 = SLUICE_OPERATIONS_TABLE;
#endif
