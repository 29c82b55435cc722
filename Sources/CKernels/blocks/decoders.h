// The decoders of every format and instruction set; tables.c lists them, one line per format.
#ifndef SLUICE_DECODERS_H
#define SLUICE_DECODERS_H

#include "../include/sluice_formats.h"

#define SLUICE_DECODER(name) void sluice_decode_##name(const void *restrict blocks, float *restrict output, int64_t count)

SLUICE_DECODER(f32_scalar);
SLUICE_DECODER(f16_scalar);
SLUICE_DECODER(bf16_scalar);
SLUICE_DECODER(q4_0_scalar);
SLUICE_DECODER(q4_1_scalar);
SLUICE_DECODER(q5_0_scalar);
SLUICE_DECODER(q5_1_scalar);
SLUICE_DECODER(q8_0_scalar);
SLUICE_DECODER(q2_K_scalar);
SLUICE_DECODER(q3_K_scalar);
SLUICE_DECODER(q4_K_scalar);
SLUICE_DECODER(q5_K_scalar);
SLUICE_DECODER(q6_K_scalar);
SLUICE_DECODER(iq4_nl_scalar);
SLUICE_DECODER(iq4_xs_scalar);
SLUICE_DECODER(mxfp4_scalar);

#endif
