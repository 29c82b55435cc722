#include "../blocks/blocks.h"
#include "../blocks/decoders.h"
#include "integer_products.h"

SLUICE_DECODER(q4_1, scalar) {
    const struct sluice_block_q4_1 *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const float d = sluice_load_half(block->d);
        const float m = sluice_load_half(block->m);
        for (int i = 0; i < 16; i++) {
            output[i] = d * (float)(block->low[i] & 0x0f) + m;
            output[i + 16] = d * (float)(block->low[i] >> 4) + m;
        }
    }
}

static void unpack(const void *from, struct sluice_unpacked *to) {
    const struct sluice_block_q4_1 *block = from;
    to->d = sluice_load_half(block->d);
    to->m = sluice_load_half(block->m);
    to->mins[0] = to->mins[1] = 1;
    to->scales[0] = to->scales[1] = 1;
    for (int i = 0; i < 16; i++) {
        to->codes[i] = block->low[i] & 0x0f;
        to->codes[i + 16] = block->low[i] >> 4;
    }
}

SLUICE_SCALAR_PRODUCT(q4_1, true)
