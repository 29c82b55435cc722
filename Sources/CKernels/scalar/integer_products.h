// The definition of products with quantized inputs, block after block; each format adds how a block unpacks.
#include "../blocks/blocks.h"
#include "../blocks/integer_products.h"
#include "../blocks/quantized.h"

// A block in whole numbers: element i stands for d * scales[i / 16] * codes[i] + m * mins[i / 16].
struct sluice_unpacked {
    int codes[256];
    int scales[16], mins[16];
    float d, m;
};

typedef void (*sluice_unpack)(const void *block, struct sluice_unpacked *to);

// A product of blocks that `unpack` reads; where `has_mins` is false, it leaves m and mins alone.
void sluice_multiply_unpacked(
    const struct sluice_product *p, int64_t first, int64_t count, sluice_unpack unpack, bool has_mins);

#define SLUICE_SCALAR_PRODUCT(format, has_mins) \
    SLUICE_INTEGER_PRODUCT(format, scalar) { \
        (void)scratch; \
        sluice_multiply_unpacked(arguments, first, count, unpack, has_mins); \
    }
