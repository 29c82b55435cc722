#include "../blocks/blocks.h"
#include "../blocks/decoders.h"

SLUICE_DECODER(f16, scalar) {
    const uint8_t *bytes = blocks;
    for (int64_t i = 0; i < count; i++) output[i] = sluice_load_half(bytes + 2 * i);
}
