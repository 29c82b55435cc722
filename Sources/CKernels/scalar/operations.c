// The definition: the same lanes, compiled for the plainest processor (a fused multiply-add is then a library
// call).
#include "../lanes/lanes.h"

#pragma clang diagnostic ignored "-Wpsabi"

#include "checksums.h"
#include "primitives.h"

enum { PRODUCT_ROWS = 1, PRODUCT_TOKENS = 1 };
// Query rows by keys, or by lanes of values, whose sums stay in registers; lanes of values of a row alone.
enum { ATTENTION_ROWS = 2, ATTENTION_KEYS = 2, ATTENTION_COLUMNS_ALONE = 4 };

#include "../lanes/table.h"
#include "../lanes/bf16_products.h"

SLUICE_BF16_PRODUCT(scalar, split_pairs)

extern const struct sluice_operations sluice_operations_scalar;
const struct sluice_operations sluice_operations_scalar = SLUICE_OPERATIONS_TABLE;
