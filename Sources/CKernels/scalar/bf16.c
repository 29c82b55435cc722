#include "../blocks/blocks.h"
#include "../blocks/decoders.h"

// A bfloat16 is the upper half of a Float32.
SLUICE_DECODER(bf16, scalar) {
    const uint8_t *bytes = blocks;
    for (int64_t i = 0; i < count; i++) {
        output[i] = sluice_float_from_bits((uint32_t)sluice_load_u16(bytes + 2 * i) << 16);
    }
}
