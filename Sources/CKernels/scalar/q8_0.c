#include "../blocks/blocks.h"
#include "../blocks/decoders.h"
#include "integer_products.h"

SLUICE_DECODER(q8_0, scalar) {
    const struct sluice_block_q8_0 *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const float d = sluice_load_half(block->d);
        for (int i = 0; i < 32; i++) output[i] = d * (float)block->q[i];
    }
}

static void unpack(const void *from, struct sluice_unpacked *to) {
    const struct sluice_block_q8_0 *block = from;
    to->d = sluice_load_half(block->d);
    to->scales[0] = to->scales[1] = 1;
    for (int i = 0; i < 32; i++) to->codes[i] = block->q[i];
}

SLUICE_SCALAR_PRODUCT(q8_0, false)
