#include "../blocks/blocks.h"
#include "../blocks/decoders.h"
#include "integer_products.h"

SLUICE_DECODER(q6_K, scalar) {
    const struct sluice_block_q6_K *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 256) {
        const float d = sluice_load_half(block->d);
        for (int group = 0; group < 16; group++) {
            const float scale = d * (float)block->scales[group];
            const uint8_t *low = block->low + 64 * (group / 8) + 16 * (group % 4);
            const uint8_t *high = block->high + 32 * (group / 8) + 16 * (group % 2);
            const int low_shift = 4 * (group / 4 % 2);
            const int high_shift = 2 * (group / 2 % 4);
            for (int i = 0; i < 16; i++) {
                const int q = (low[i] >> low_shift & 0x0f) | (high[i] >> high_shift & 3) << 4;
                output[16 * group + i] = scale * (float)(q - 32);
            }
        }
    }
}

static void unpack(const void *from, struct sluice_unpacked *to) {
    const struct sluice_block_q6_K *block = from;
    to->d = sluice_load_half(block->d);
    for (int group = 0; group < 16; group++) {
        to->scales[group] = block->scales[group];
        const uint8_t *low = block->low + 64 * (group / 8) + 16 * (group % 4);
        const uint8_t *high = block->high + 32 * (group / 8) + 16 * (group % 2);
        const int low_shift = 4 * (group / 4 % 2), high_shift = 2 * (group / 2 % 4);
        for (int i = 0; i < 16; i++) {
            const int q = (low[i] >> low_shift & 0x0f) | (high[i] >> high_shift & 3) << 4;
            to->codes[16 * group + i] = q - 32;
        }
    }
}

SLUICE_SCALAR_PRODUCT(q6_K, false)
