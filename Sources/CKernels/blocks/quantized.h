// Rows of activations in 8 bits, the partners of quantized weights, or in BF16, those of BF16 weights.
//
// In BF16 a row is its elements, each to the nearest, ties to even; what is below 2^-126 becomes zero.
//
// A row of `columns` elements lies as three arrays behind each other: the codes (int8), the sums of every 16
// codes (int16, at most 16 * 127), the scales of every block (Float32). Blocks are as long as the weights'.
// Definition, block by block: d = max |x| / 127, code = x * (127 / max |x|) to the nearest whole number, ties
// to even. A block whose largest magnitude is below 2^-100 is zero; one with an infinity or a NaN has codes 0
// and a scale that is no number, so that every output that reads it is no number either.
#ifndef SLUICE_QUANTIZED_H
#define SLUICE_QUANTIZED_H

#include "../include/sluice_operations.h"

enum { SLUICE_SUM_ELEMENTS = 16 };

// One row.
struct sluice_quantized_row {
    int8_t *codes;
    int16_t *sums;
    float *scales;
};

static inline struct sluice_quantized_row sluice_quantized_row(
    const struct sluice_quantized *rows, int64_t row) {
    char *base = (char *)rows->base + row * rows->stride_bytes;
    char *sums = base + rows->columns;
    void *scales = sums + rows->columns / SLUICE_SUM_ELEMENTS * (int64_t)sizeof(int16_t);
    return (struct sluice_quantized_row){(int8_t *)base, (int16_t *)(void *)sums, scales};
}

#endif
