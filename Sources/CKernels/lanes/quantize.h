// Included inside a target region: activations to 8 bits or to BF16, as blocks/quantized.h defines them.
#include "../blocks/quantized.h"

// The largest magnitude of `count` (a multiple of 16) values as its bits: they compare like the values, and
// infinities and NaNs above all numbers.
SLUICE_INLINE int32_t largest_magnitude_bits(const float *values, int64_t count) {
    lane_bits best = (lane_bits)(0);
    for (int64_t i = 0; i < count; i += LANES) {
        best = __builtin_elementwise_max(best, (lane_bits)magnitude(load(values + i)));
    }
    return __builtin_reduce_max(best);
}

// Rows in BF16.
SLUICE_INLINE void round_row(const float *input, uint16_t *output, int64_t count) {
    typedef uint32_t words __attribute__((ext_vector_type(16)));
    typedef uint16_t halves __attribute__((ext_vector_type(16)));
    for (int64_t i = 0; i < count; i += LANES) {
        const words bits = (words)load_some(input + i, count - i), size = bits & 0x7fffffff;
        words rounded = bits + 0x7fff + (bits >> 16 & 1);
        rounded &= (words)(size >= 0x00800000);
        rounded |= (words)(size > 0x7f800000) & 0x7fc00000;
        const halves values = __builtin_convertvector(rounded >> 16, halves);
        memcpy(output + i, &values, (size_t)smallest(count - i, LANES) * sizeof(uint16_t));
    }
}

static void quantize(const void *arguments, int64_t first, int64_t count, float *scratch) {
    (void)scratch;
    const struct sluice_quantization *p = arguments;
    const int64_t block = p->output.block_elements;
    for (int64_t row = first; row < first + count; row++) {
        const float *input = p->input.base + row * p->input.stride;
        if (block == 1) {
            char *rounded = (char *)p->output.base + row * p->output.stride_bytes;
            round_row(input, (uint16_t *)(void *)rounded + p->first_column, p->input.columns);
            continue;
        }
        struct sluice_quantized_row output = sluice_quantized_row(&p->output, row);
        output.codes += p->first_column;
        output.sums += p->first_column / SLUICE_SUM_ELEMENTS;
        output.scales += p->first_column / block;
        for (int64_t b = 0; b < p->input.columns / block; b++) {
            const int32_t bits = largest_magnitude_bits(input + b * block, block);
            const float largest = sluice_float_from_bits((uint32_t)bits);
            const bool finite = bits < 0x7f800000, zero = largest < 0x1p-100f;
            // Adding it rounds to a whole number, ties to even, kept in the low bits.
            const float shift = 0x1.8p23f;
            const float factor = finite && !zero ? 127.0f / largest : 0;
            output.scales[b] = !finite ? __builtin_nanf("") : zero ? 0 : largest / 127.0f;
            for (int64_t i = b * block; i < (b + 1) * block; i += LANES) {
                const lanes scaled = load(input + i) * factor + shift;
                const lane_bits whole = (lane_bits)scaled - (lane_bits)splat(shift);
                const lane_bits kept = finite ? whole : (lane_bits)(0);
                *(unaligned_codes *)(output.codes + i) = __builtin_convertvector(kept, codes);
                output.sums[i / LANES] = (int16_t)__builtin_reduce_add(kept);
            }
        }
    }
}
