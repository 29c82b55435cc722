#include "../blocks/blocks.h"
#include "../blocks/decoders.h"
#include "integer_products.h"

SLUICE_DECODER(q5_1, scalar) {
    const struct sluice_block_q5_1 *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const float d = sluice_load_half(block->d);
        const float m = sluice_load_half(block->m);
        const uint32_t high = sluice_load_u32(block->high);
        for (int i = 0; i < 16; i++) {
            const int first = (block->low[i] & 0x0f) | (int)(high >> i & 1) << 4;
            const int second = (block->low[i] >> 4) | (int)(high >> (i + 16) & 1) << 4;
            output[i] = d * (float)first + m;
            output[i + 16] = d * (float)second + m;
        }
    }
}

static void unpack(const void *from, struct sluice_unpacked *to) {
    const struct sluice_block_q5_1 *block = from;
    to->d = sluice_load_half(block->d);
    to->m = sluice_load_half(block->m);
    to->mins[0] = to->mins[1] = 1;
    to->scales[0] = to->scales[1] = 1;
    const uint32_t high = sluice_load_u32(block->high);
    for (int i = 0; i < 16; i++) {
        const int first = (block->low[i] & 0x0f) | (int)(high >> i & 1) << 4;
        const int second = (block->low[i] >> 4) | (int)(high >> (i + 16) & 1) << 4;
        to->codes[i] = first;
        to->codes[i + 16] = second;
    }
}

SLUICE_SCALAR_PRODUCT(q5_1, true)
