#if defined(__x86_64__)
#include <immintrin.h>

#include "../lanes/lanes.h"

#pragma clang diagnostic ignored "-Wpsabi"
#define SLUICE_TARGET "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c"
#pragma clang attribute push(__attribute__((target(SLUICE_TARGET))), apply_to = function)

#include "../x86_avx2/checksums.h"
#include "primitives.h"

// 16 pairs of one register each, with eight loads for sixteen multiply-adds.
enum { PRODUCT_ROWS = 4, PRODUCT_TOKENS = 4 };
// Query rows by keys, or by lanes of values, whose sums stay in registers; lanes of values of a row alone.
enum { ATTENTION_ROWS = 4, ATTENTION_KEYS = 4, ATTENTION_COLUMNS_ALONE = 8 };

#include "../lanes/table.h"

#pragma clang attribute pop

// The product of BF16 weights needs more than the rest of the set.
#pragma clang attribute push(__attribute__((target(SLUICE_TARGET ",avx512bf16"))), apply_to = function)

#include "../lanes/bf16_products.h"

SLUICE_INLINE lanes pair_step(const char *stretch, int step) {
    (void)step;
    return *(const loose_lanes *)(const void *)stretch;
}

// Each of the two additions rounds on its own, to nearest, the odd elements' first.
SLUICE_INLINE lanes add_pairs(lanes weights, lanes input, lanes sum) {
    return _mm512_dpbf16_ps(sum, (__m512bh)weights, (__m512bh)input);
}

static const struct float_format pairs = {1, 2, 2, pair_step, pair_step, add_pairs, NULL};

SLUICE_BF16_PRODUCT(avx512, pairs)

#pragma clang attribute pop

extern const struct sluice_operations sluice_operations_avx512;
const struct sluice_operations sluice_operations_avx512 = SLUICE_OPERATIONS_TABLE;
#endif
