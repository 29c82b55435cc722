#include "../blocks/blocks.h"
#include "../blocks/decoders.h"
#include "integer_products.h"

SLUICE_DECODER(iq4_xs, scalar) {
    const struct sluice_block_iq4_xs *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 256) {
        const float d = sluice_load_half(block->d);
        const int scales_high = sluice_load_u16(block->scales_high);
        for (int group = 0; group < 8; group++) {
            const int scale_low = block->scales_low[group / 2] >> 4 * (group % 2) & 0x0f;
            const int scale_high = scales_high >> 2 * group & 3;
            const float scale = d * (float)((scale_low | scale_high << 4) - 32);
            const uint8_t *low = block->low + 16 * group;
            for (int i = 0; i < 16; i++) {
                output[32 * group + i] = scale * (float)sluice_iq4_values[low[i] & 0x0f];
                output[32 * group + 16 + i] = scale * (float)sluice_iq4_values[low[i] >> 4];
            }
        }
    }
}

static void unpack(const void *from, struct sluice_unpacked *to) {
    const struct sluice_block_iq4_xs *block = from;
    to->d = sluice_load_half(block->d);
    const int scales_high = sluice_load_u16(block->scales_high);
    for (int group = 0; group < 8; group++) {
        const int scale_low = block->scales_low[group / 2] >> 4 * (group % 2) & 0x0f;
        const int scale_high = scales_high >> 2 * group & 3;
        to->scales[2 * group] = to->scales[2 * group + 1] = (scale_low | scale_high << 4) - 32;
        const uint8_t *low = block->low + 16 * group;
        for (int i = 0; i < 16; i++) {
            to->codes[32 * group + i] = sluice_iq4_values[low[i] & 0x0f];
            to->codes[32 * group + 16 + i] = sluice_iq4_values[low[i] >> 4];
        }
    }
}

SLUICE_SCALAR_PRODUCT(iq4_xs, false)
