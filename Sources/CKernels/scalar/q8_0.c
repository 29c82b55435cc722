#include "../blocks/blocks.h"
#include "../blocks/decoders.h"

SLUICE_DECODER(q8_0, scalar) {
    const struct sluice_block_q8_0 *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const float d = sluice_load_half(block->d);
        for (int i = 0; i < 32; i++) output[i] = d * (float)block->q[i];
    }
}
