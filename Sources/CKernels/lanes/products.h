// Included inside a target region: products of F32 and F16 weights with inputs in Float32. Lane i of a sum
// takes the columns i, i + 16, i + 32, ...
#include "float_products.h"

SLUICE_INLINE lanes half_step(const char *stretch, int step) {
    return load_half_lanes(stretch + step * LANES * 2);
}

static const struct float_format format_f32 = {2, 4, 4, float_step, float_step, fused, NULL};
static const struct float_format format_f16 = {2, 2, 4, half_step, float_step, fused, NULL};

static void product(const void *arguments, int64_t first, int64_t count, float *scratch) {
    const struct sluice_product *p = arguments;
    const struct byte_rows input = {(const char *)p->input.base, p->input.stride * (int64_t)sizeof(float)};
    const int64_t tokens = p->input.rows;
    if (p->format->type == 0) multiply_floats(p, input, tokens, first, count, scratch, &format_f32);
    else multiply_floats(p, input, tokens, first, count, scratch, &format_f16);
}
