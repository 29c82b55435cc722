#include "../blocks/blocks.h"
#include "../blocks/decoders.h"

SLUICE_DECODER(q4_0, scalar) {
    const struct sluice_block_q4_0 *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const float d = sluice_load_half(block->d);
        for (int i = 0; i < 16; i++) {
            output[i] = d * (float)((block->low[i] & 0x0f) - 8);
            output[i + 16] = d * (float)((block->low[i] >> 4) - 8);
        }
    }
}
