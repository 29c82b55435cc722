#include "../blocks/blocks.h"
#include "../blocks/decoders.h"

SLUICE_DECODER(mxfp4, scalar) {
    const struct sluice_block_mxfp4 *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const float d = sluice_half_power(block->exponent);
        for (int i = 0; i < 16; i++) {
            output[i] = d * (float)sluice_mxfp4_values[block->low[i] & 0x0f];
            output[i + 16] = d * (float)sluice_mxfp4_values[block->low[i] >> 4];
        }
    }
}
