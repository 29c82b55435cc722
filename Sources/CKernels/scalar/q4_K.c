#include "../blocks/blocks.h"
#include "../blocks/decoders.h"
#include "integer_products.h"

SLUICE_DECODER(q4_K, scalar) {
    const struct sluice_block_q4_K *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 256) {
        const float d = sluice_load_half(block->d);
        const float dmin = sluice_load_half(block->dmin);
        for (int group = 0; group < 8; group++) {
            uint8_t scale_code, min_code;
            sluice_scale_and_min(block->scales, group, &scale_code, &min_code);
            const float scale = d * (float)scale_code;
            const float min = dmin * (float)min_code;
            const uint8_t *low = block->low + 32 * (group / 2);
            const int shift = 4 * (group % 2);
            for (int i = 0; i < 32; i++) {
                output[32 * group + i] = scale * (float)(low[i] >> shift & 0x0f) - min;
            }
        }
    }
}

static void unpack(const void *from, struct sluice_unpacked *to) {
    const struct sluice_block_q4_K *block = from;
    to->d = sluice_load_half(block->d);
    to->m = sluice_load_half(block->dmin);
    for (int group = 0; group < 8; group++) {
        uint8_t scale, min;
        sluice_scale_and_min(block->scales, group, &scale, &min);
        to->scales[2 * group] = to->scales[2 * group + 1] = scale;
        to->mins[2 * group] = to->mins[2 * group + 1] = -min;
        const uint8_t *low = block->low + 32 * (group / 2);
        const int shift = 4 * (group % 2);
        for (int i = 0; i < 32; i++) {
            to->codes[32 * group + i] = low[i] >> shift & 0x0f;
        }
    }
}

SLUICE_SCALAR_PRODUCT(q4_K, true)
