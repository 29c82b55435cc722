// Included inside a target region, after the operations: products of BF16 weights with inputs in BF16. In
// every stretch lane i takes the product of the columns 2i + 1, then that of the columns 2i: so does the
// instruction that multiplies pairs.
#include "../blocks/integer_products.h"

typedef int32_t loose_bits __attribute__((ext_vector_type(16), aligned(1), may_alias));

// The odd elements of a stretch, then the even ones, as Float32.
SLUICE_INLINE lanes split_step(const char *stretch, int step) {
    const lane_bits pairs = *(const loose_bits *)(const void *)stretch;
    return (lanes)(step == 0 ? pairs & (lane_bits)((int32_t)0xffff0000) : pairs << 16);
}

// For sets that multiply Float32 only. Unpacking the input costs registers that AVX2 has not.
static const struct float_format split_pairs_of_floats __attribute__((unused)) = {
    2, 2, 4, split_step, float_step, fused, NULL};
static const struct float_format split_pairs __attribute__((unused)) = {
    2, 2, 2, split_step, split_step, fused, &split_pairs_of_floats};

// Defines the product of a set, which adds terms as the `float_format` named `pairs` does.
#define SLUICE_BF16_PRODUCT(set, pairs) \
    SLUICE_INTEGER_PRODUCT(bf16, set) { \
        const struct sluice_product *p = arguments; \
        const struct byte_rows input = {p->quantized.base, p->quantized.stride_bytes}; \
        multiply_floats(p, input, p->quantized.rows, first, count, scratch, &pairs); \
    }
