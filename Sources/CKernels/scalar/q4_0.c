#include "../blocks/blocks.h"
#include "../blocks/decoders.h"
#include "integer_products.h"

SLUICE_DECODER(q4_0, scalar) {
    const struct sluice_block_q4_0 *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const float d = sluice_load_half(block->d);
        for (int i = 0; i < 16; i++) {
            output[i] = d * (float)((block->low[i] & 0x0f) - 8);
            output[i + 16] = d * (float)((block->low[i] >> 4) - 8);
        }
    }
}

static void unpack(const void *from, struct sluice_unpacked *to) {
    const struct sluice_block_q4_0 *block = from;
    to->d = sluice_load_half(block->d);
    to->scales[0] = to->scales[1] = 1;
    for (int i = 0; i < 16; i++) {
        to->codes[i] = (block->low[i] & 0x0f) - 8;
        to->codes[i + 16] = (block->low[i] >> 4) - 8;
    }
}

SLUICE_SCALAR_PRODUCT(q4_0, false)
