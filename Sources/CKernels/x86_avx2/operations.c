#if defined(__x86_64__)
#include <immintrin.h>

#include "../lanes/lanes.h"

#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "checksums.h"
#include "primitives.h"

// 2 x 3 pairs of two registers each leave four of the sixteen for weights and inputs.
enum { PRODUCT_ROWS = 2, PRODUCT_TOKENS = 3 };
// Query rows by keys, or by lanes of values, whose sums stay in registers; lanes of values of a row alone.
enum { ATTENTION_ROWS = 2, ATTENTION_KEYS = 2, ATTENTION_COLUMNS_ALONE = 4 };

#include "../lanes/table.h"
#include "../lanes/bf16_products.h"

SLUICE_BF16_PRODUCT(avx2, split_pairs)

#pragma clang attribute pop

extern const struct sluice_operations sluice_operations_avx2;
const struct sluice_operations sluice_operations_avx2 = SLUICE_OPERATIONS_TABLE;
#endif
