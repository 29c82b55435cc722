#include "../blocks/blocks.h"
#include "../blocks/decoders.h"
#include "integer_products.h"

SLUICE_DECODER(q3_K, scalar) {
    const struct sluice_block_q3_K *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 256) {
        const float d = sluice_load_half(block->d);
        for (int group = 0; group < 16; group++) {
            const int scale_low = block->scales[group % 8] >> 4 * (group / 8) & 0x0f;
            const int scale_high = block->scales[8 + group % 4] >> 2 * (group / 4) & 3;
            const float scale = d * (float)((scale_low | scale_high << 4) - 32);
            const uint8_t *low = block->low + 32 * (group / 8) + 16 * (group % 2);
            const uint8_t *high = block->high + 16 * (group % 2);
            const int shift = 2 * (group / 2 % 4);
            for (int i = 0; i < 16; i++) {
                const int q = (low[i] >> shift & 3) - (high[i] >> (group / 2) & 1 ? 0 : 4);
                output[16 * group + i] = scale * (float)q;
            }
        }
    }
}

static void unpack(const void *from, struct sluice_unpacked *to) {
    const struct sluice_block_q3_K *block = from;
    to->d = sluice_load_half(block->d);
    for (int group = 0; group < 16; group++) {
        const int scale_low = block->scales[group % 8] >> 4 * (group / 8) & 0x0f;
        const int scale_high = block->scales[8 + group % 4] >> 2 * (group / 4) & 3;
        to->scales[group] = (scale_low | scale_high << 4) - 32;
        const uint8_t *low = block->low + 32 * (group / 8) + 16 * (group % 2);
        const uint8_t *high = block->high + 16 * (group % 2);
        const int shift = 2 * (group / 2 % 4);
        for (int i = 0; i < 16; i++) {
            const int above = high[i] >> (group / 2) & 1 ? 0 : 4;
            to->codes[16 * group + i] = (low[i] >> shift & 3) - above;
        }
    }
}

SLUICE_SCALAR_PRODUCT(q3_K, false)
