#include "../blocks/blocks.h"
#include "../blocks/decoders.h"
#include "integer_products.h"

SLUICE_DECODER(q2_K, scalar) {
    const struct sluice_block_q2_K *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 256) {
        const float d = sluice_load_half(block->d);
        const float dmin = sluice_load_half(block->dmin);
        for (int group = 0; group < 16; group++) {
            const float scale = d * (float)(block->scales[group] & 0x0f);
            const float min = dmin * (float)(block->scales[group] >> 4);
            const uint8_t *q = block->q + 32 * (group / 8) + 16 * (group % 2);
            const int shift = 2 * (group / 2 % 4);
            for (int i = 0; i < 16; i++) output[16 * group + i] = scale * (float)(q[i] >> shift & 3) - min;
        }
    }
}

static void unpack(const void *from, struct sluice_unpacked *to) {
    const struct sluice_block_q2_K *block = from;
    to->d = sluice_load_half(block->d);
    to->m = sluice_load_half(block->dmin);
    for (int group = 0; group < 16; group++) {
        to->scales[group] = block->scales[group] & 0x0f;
        to->mins[group] = -(block->scales[group] >> 4);
        const uint8_t *q = block->q + 32 * (group / 8) + 16 * (group % 2);
        const int shift = 2 * (group / 2 % 4);
        for (int i = 0; i < 16; i++) to->codes[16 * group + i] = q[i] >> shift & 3;
    }
}

SLUICE_SCALAR_PRODUCT(q2_K, true)
