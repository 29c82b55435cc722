// Included inside a target region: products of F32, F16 and BF16 weights with inputs in Float32. Lane i of a
// sum takes the columns i, i + 16, i + 32, ...
#include "float_products.h"

typedef float loose_lanes __attribute__((ext_vector_type(16), aligned(1), may_alias));
typedef uint16_t loose_halves __attribute__((ext_vector_type(16), aligned(1), may_alias));

SLUICE_INLINE lanes float_step(const char *stretch, int step) {
    return *(const loose_lanes *)(const void *)(stretch + step * LANES * 4);
}

SLUICE_INLINE lanes half_step(const char *stretch, int step) {
    return load_half_lanes(stretch + step * LANES * 2);
}

SLUICE_INLINE lanes brain_half_step(const char *stretch, int step) {
    const loose_halves bits = *(const loose_halves *)(const void *)(stretch + step * LANES * 2);
    return (lanes)(__builtin_convertvector(bits, lane_bits) << 16);
}

static const struct float_format format_f32 = {2, 4, 4, float_step, float_step, fused};
static const struct float_format format_f16 = {2, 2, 4, half_step, float_step, fused};
static const struct float_format format_bf16 = {2, 2, 4, brain_half_step, float_step, fused};

static void product(const void *arguments, int64_t first, int64_t count, float *scratch) {
    const struct sluice_product *p = arguments;
    const struct byte_rows input = {(const char *)p->input.base, p->input.stride * (int64_t)sizeof(float)};
    switch (p->format->type) {
    case 0: multiply_floats(p, input, first, count, scratch, &format_f32); break;
    case 1: multiply_floats(p, input, first, count, scratch, &format_f16); break;
    default: multiply_floats(p, input, first, count, scratch, &format_bf16); break;
    }
}
