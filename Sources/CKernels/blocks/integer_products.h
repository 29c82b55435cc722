// The products with quantized inputs of every format and instruction set; tables.c lists them, one line per
// format.
#ifndef SLUICE_INTEGER_PRODUCTS_H
#define SLUICE_INTEGER_PRODUCTS_H

#include "../include/sluice_formats.h"

#define SLUICE_INTEGER_PRODUCT(format, set) \
    void sluice_multiply_##format##_##set( \
        const void *arguments, int64_t first, int64_t count, float *scratch)

#define SLUICE_INTEGER_PRODUCTS(set) \
    SLUICE_INTEGER_PRODUCT(bf16, set); \
    SLUICE_INTEGER_PRODUCT(q4_0, set); \
    SLUICE_INTEGER_PRODUCT(q4_1, set); \
    SLUICE_INTEGER_PRODUCT(q5_0, set); \
    SLUICE_INTEGER_PRODUCT(q5_1, set); \
    SLUICE_INTEGER_PRODUCT(q8_0, set); \
    SLUICE_INTEGER_PRODUCT(q2_K, set); \
    SLUICE_INTEGER_PRODUCT(q3_K, set); \
    SLUICE_INTEGER_PRODUCT(q4_K, set); \
    SLUICE_INTEGER_PRODUCT(q5_K, set); \
    SLUICE_INTEGER_PRODUCT(q6_K, set); \
    SLUICE_INTEGER_PRODUCT(iq4_nl, set); \
    SLUICE_INTEGER_PRODUCT(iq4_xs, set); \
    SLUICE_INTEGER_PRODUCT(mxfp4, set)

SLUICE_INTEGER_PRODUCTS(scalar);
SLUICE_INTEGER_PRODUCTS(avx2);
SLUICE_INTEGER_PRODUCTS(avx512);
SLUICE_INTEGER_PRODUCTS(neon);

#endif
