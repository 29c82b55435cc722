// The decoders of every format and instruction set; tables.c lists them, one line per format.
#ifndef SLUICE_DECODERS_H
#define SLUICE_DECODERS_H

#include "../include/sluice_formats.h"

#define SLUICE_DECODER(format, set) \
    void sluice_decode_##format##_##set(const void *restrict blocks, float *restrict output, int64_t count)

#define SLUICE_DECODERS(set) \
    SLUICE_DECODER(f16, set); \
    SLUICE_DECODER(bf16, set); \
    SLUICE_DECODER(q4_0, set); \
    SLUICE_DECODER(q4_1, set); \
    SLUICE_DECODER(q5_0, set); \
    SLUICE_DECODER(q5_1, set); \
    SLUICE_DECODER(q8_0, set); \
    SLUICE_DECODER(q2_K, set); \
    SLUICE_DECODER(q3_K, set); \
    SLUICE_DECODER(q4_K, set); \
    SLUICE_DECODER(q5_K, set); \
    SLUICE_DECODER(q6_K, set); \
    SLUICE_DECODER(iq4_nl, set); \
    SLUICE_DECODER(iq4_xs, set); \
    SLUICE_DECODER(mxfp4, set)

SLUICE_DECODER(f32, scalar);
SLUICE_DECODERS(scalar);
SLUICE_DECODERS(avx2);
SLUICE_DECODERS(avx512);
SLUICE_DECODERS(neon);

#endif
