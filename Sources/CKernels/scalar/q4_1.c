#include "../blocks/blocks.h"
#include "../blocks/decoders.h"

SLUICE_DECODER(q4_1, scalar) {
    const struct sluice_block_q4_1 *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const float d = sluice_load_half(block->d);
        const float m = sluice_load_half(block->m);
        for (int i = 0; i < 16; i++) {
            output[i] = d * (float)(block->low[i] & 0x0f) + m;
            output[i + 16] = d * (float)(block->low[i] >> 4) + m;
        }
    }
}
