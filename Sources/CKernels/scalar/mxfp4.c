#include "../blocks/blocks.h"
#include "../blocks/decoders.h"
#include "integer_products.h"

SLUICE_DECODER(mxfp4, scalar) {
    const struct sluice_block_mxfp4 *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const float d = sluice_half_power(block->exponent);
        for (int i = 0; i < 16; i++) {
            output[i] = d * (float)sluice_mxfp4_values[block->low[i] & 0x0f];
            output[i + 16] = d * (float)sluice_mxfp4_values[block->low[i] >> 4];
        }
    }
}

static void unpack(const void *from, struct sluice_unpacked *to) {
    const struct sluice_block_mxfp4 *block = from;
    to->d = sluice_half_power(block->exponent);
    to->scales[0] = to->scales[1] = 1;
    for (int i = 0; i < 16; i++) {
        to->codes[i] = sluice_mxfp4_values[block->low[i] & 0x0f];
        to->codes[i + 16] = sluice_mxfp4_values[block->low[i] >> 4];
    }
}

SLUICE_SCALAR_PRODUCT(mxfp4, false)
