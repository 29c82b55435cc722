#include "integer_products.h"

// Adds block `b` of one row to the sixteen lanes of one token.
static void add_block(
    const struct sluice_unpacked *block, const struct sluice_quantized_row *x, int64_t b, int64_t elements,
    bool has_mins, float *lanes) {
    int32_t main = 0, offset = 0;
    for (int64_t group = 0; group < elements / 16; group++) {
        const int64_t first = b * elements + group * 16;
        int32_t dot = 0;
        for (int i = 0; i < 16; i++) dot += block->codes[group * 16 + i] * x->codes[first + i];
        main += block->scales[group] * dot;
        if (has_mins) offset += block->mins[group] * x->sums[first / 16];
    }
    float *lane = &lanes[b % 16];
    *lane = __builtin_fmaf((float)main, block->d * x->scales[b], *lane);
    if (has_mins) *lane = __builtin_fmaf((float)offset, block->m * x->scales[b], *lane);
}

static float fold(const float *lanes) {
    float halves[8], quarters[4];
    for (int i = 0; i < 8; i++) halves[i] = lanes[i] + lanes[i + 8];
    for (int i = 0; i < 4; i++) quarters[i] = halves[i] + halves[i + 4];
    return (quarters[0] + quarters[2]) + (quarters[1] + quarters[3]);
}

static void multiply_row(
    const struct sluice_product *p, int64_t row, int64_t token, sluice_unpack unpack, bool has_mins) {
    const int64_t elements = p->format->block_elements;
    const char *block = (const char *)p->weights + row * p->row_stride_bytes;
    const struct sluice_quantized_row x = sluice_quantized_row(&p->quantized, token);
    float lanes[16] = {0};
    for (int64_t b = 0; b < p->columns / elements; b++, block += p->format->block_bytes) {
        struct sluice_unpacked unpacked;
        unpack(block, &unpacked);
        add_block(&unpacked, &x, b, elements, has_mins, lanes);
    }
    const float sum = fold(lanes);
    p->output.base[token * p->output.stride + row] = p->bias ? sum + p->bias[row] : sum;
}

void sluice_multiply_unpacked(
    const struct sluice_product *p, int64_t first, int64_t count, sluice_unpack unpack, bool has_mins) {
    const int64_t row_units = (p->rows + p->rows_per_unit - 1) / p->rows_per_unit;
    for (int64_t unit = first; unit < first + count; unit++) {
        const int64_t row = unit % row_units * p->rows_per_unit;
        const int64_t token = unit / row_units * p->tokens_per_unit;
        for (int64_t r = row; r < row + p->rows_per_unit && r < p->rows; r++) {
            for (int64_t t = token; t < token + p->tokens_per_unit && t < p->quantized.rows; t++) {
                multiply_row(p, r, t, unpack, has_mins);
            }
        }
    }
}
