#include "../blocks/blocks.h"
#include "../blocks/decoders.h"
#include "integer_products.h"

SLUICE_DECODER(iq4_nl, scalar) {
    const struct sluice_block_iq4_nl *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const float d = sluice_load_half(block->d);
        for (int i = 0; i < 16; i++) {
            output[i] = d * (float)sluice_iq4_values[block->low[i] & 0x0f];
            output[i + 16] = d * (float)sluice_iq4_values[block->low[i] >> 4];
        }
    }
}

static void unpack(const void *from, struct sluice_unpacked *to) {
    const struct sluice_block_iq4_nl *block = from;
    to->d = sluice_load_half(block->d);
    to->scales[0] = to->scales[1] = 1;
    for (int i = 0; i < 16; i++) {
        to->codes[i] = sluice_iq4_values[block->low[i] & 0x0f];
        to->codes[i + 16] = sluice_iq4_values[block->low[i] >> 4];
    }
}

SLUICE_SCALAR_PRODUCT(iq4_nl, false)
