#include "../blocks/blocks.h"
#include "../blocks/decoders.h"

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
