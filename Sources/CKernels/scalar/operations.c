// The definition: the same lanes, compiled for the plainest processor (a fused multiply-add is then a library call).
#include "../lanes/lanes.h"

#pragma clang diagnostic ignored "-Wpsabi"

SLUICE_INLINE lanes load_half_lanes(const uint16_t *from) {
    lanes values;
    for (int i = 0; i < LANES; i++) values[i] = sluice_float_from_half_bits(from[i]);
    return values;
}

SLUICE_INLINE void store_half_lanes(uint16_t *to, lanes values) {
    for (int i = 0; i < LANES; i++) to[i] = sluice_half_bits_from_float(values[i]);
}

enum { PRODUCT_ROWS = 1, PRODUCT_TOKENS = 1 };

#include "../lanes/table.h"

extern const struct sluice_operations sluice_operations_scalar;
const struct sluice_operations sluice_operations_scalar = SLUICE_OPERATIONS_TABLE;
