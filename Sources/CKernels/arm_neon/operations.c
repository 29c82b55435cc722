#if defined(__aarch64__)
#include <arm_acle.h>
#include <arm_neon.h>

#include "../lanes/lanes.h"

#pragma clang attribute push(__attribute__((target("crc"))), apply_to = function)

#include "checksums.h"
#include "primitives.h"

// 2 x 2 pairs of four registers each are half of the register file.
enum { PRODUCT_ROWS = 2, PRODUCT_TOKENS = 2 };
// Query rows by keys, or by lanes of values, whose sums stay in registers; lanes of values of a row alone.
enum { ATTENTION_ROWS = 2, ATTENTION_KEYS = 2, ATTENTION_COLUMNS_ALONE = 4 };

#include "../lanes/table.h"
#include "../lanes/bf16_products.h"

SLUICE_BF16_PRODUCT(neon, split_pairs)

#pragma clang attribute pop

extern const struct sluice_operations sluice_operations_neon;
const struct sluice_operations sluice_operations_neon = SLUICE_OPERATIONS_TABLE;
#endif
