#include <string.h>

#include "../blocks/decoders.h"

SLUICE_DECODER(f32, scalar) { memcpy(output, blocks, (size_t)count * sizeof(float)); }
