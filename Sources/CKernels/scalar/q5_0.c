#include "../blocks/blocks.h"
#include "../blocks/decoders.h"
#include "integer_products.h"

SLUICE_DECODER(q5_0, scalar) {
    const struct sluice_block_q5_0 *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const float d = sluice_load_half(block->d);
        const uint32_t high = sluice_load_u32(block->high);
        for (int i = 0; i < 16; i++) {
            const int first = (block->low[i] & 0x0f) | (int)(high >> i & 1) << 4;
            const int second = (block->low[i] >> 4) | (int)(high >> (i + 16) & 1) << 4;
            output[i] = d * (float)(first - 16);
            output[i + 16] = d * (float)(second - 16);
        }
    }
}

static void unpack(const void *from, struct sluice_unpacked *to) {
    const struct sluice_block_q5_0 *block = from;
    to->d = sluice_load_half(block->d);
    to->scales[0] = to->scales[1] = 1;
    const uint32_t high = sluice_load_u32(block->high);
    for (int i = 0; i < 16; i++) {
        const int first = (block->low[i] & 0x0f) | (int)(high >> i & 1) << 4;
        const int second = (block->low[i] >> 4) | (int)(high >> (i + 16) & 1) << 4;
        to->codes[i] = first - 16;
        to->codes[i + 16] = second - 16;
    }
}

SLUICE_SCALAR_PRODUCT(q5_0, false)
