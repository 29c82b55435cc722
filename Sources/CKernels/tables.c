#include "blocks/blocks.h"
#include "blocks/decoders.h"
#include "blocks/integer_products.h"
#include "include/sluice_operations.h"

// Entries of another architecture are absent: the lookup falls back to a weaker set.
#if defined(__x86_64__)
#define X86(function) function
#else
#define X86(function) 0
#endif
#if defined(__aarch64__)
#define ARM(function) function
#else
#define ARM(function) 0
#endif

// The decoders of a format that every set has its own of: scalar, AVX2, AVX-512, NEON.
#define DECODERS(format) \
    { \
        sluice_decode_##format##_scalar, X86(sluice_decode_##format##_avx2), \
            X86(sluice_decode_##format##_avx512), ARM(sluice_decode_##format##_neon) \
    }

// The same of the products with quantized inputs.
#define PRODUCTS(format) \
    { \
        sluice_multiply_##format##_scalar, X86(sluice_multiply_##format##_avx2), \
            X86(sluice_multiply_##format##_avx512), ARM(sluice_multiply_##format##_neon) \
    }

// One row per format: number, elements and bytes of a block, decoders, integer products.
static const struct sluice_format formats[] = {
    // Copying is copying in every set.
    {0, 1, 4, {sluice_decode_f32_scalar}, {0}},
    {1, 1, 2, DECODERS(f16), {0}},
    {30, 1, 2, DECODERS(bf16), PRODUCTS(bf16)},
    {2, 32, sizeof(struct sluice_block_q4_0), DECODERS(q4_0), PRODUCTS(q4_0)},
    {3, 32, sizeof(struct sluice_block_q4_1), DECODERS(q4_1), PRODUCTS(q4_1)},
    {6, 32, sizeof(struct sluice_block_q5_0), DECODERS(q5_0), PRODUCTS(q5_0)},
    {7, 32, sizeof(struct sluice_block_q5_1), DECODERS(q5_1), PRODUCTS(q5_1)},
    {8, 32, sizeof(struct sluice_block_q8_0), DECODERS(q8_0), PRODUCTS(q8_0)},
    {10, 256, sizeof(struct sluice_block_q2_K), DECODERS(q2_K), PRODUCTS(q2_K)},
    {11, 256, sizeof(struct sluice_block_q3_K), DECODERS(q3_K), PRODUCTS(q3_K)},
    {12, 256, sizeof(struct sluice_block_q4_K), DECODERS(q4_K), PRODUCTS(q4_K)},
    {13, 256, sizeof(struct sluice_block_q5_K), DECODERS(q5_K), PRODUCTS(q5_K)},
    {14, 256, sizeof(struct sluice_block_q6_K), DECODERS(q6_K), PRODUCTS(q6_K)},
    {20, 32, sizeof(struct sluice_block_iq4_nl), DECODERS(iq4_nl), PRODUCTS(iq4_nl)},
    {23, 256, sizeof(struct sluice_block_iq4_xs), DECODERS(iq4_xs), PRODUCTS(iq4_xs)},
    {39, 32, sizeof(struct sluice_block_mxfp4), DECODERS(mxfp4), PRODUCTS(mxfp4)},
};

const struct sluice_format *sluice_format(uint32_t type) {
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (formats[i].type == type) return &formats[i];
    }
    return NULL;
}

sluice_decode sluice_decoder(const struct sluice_format *format, enum sluice_instruction_set set) {
    if (format->decode[set]) return format->decode[set];
    if (set == SLUICE_AVX512 && format->decode[SLUICE_AVX2]) return format->decode[SLUICE_AVX2];
    return format->decode[SLUICE_SCALAR];
}

sluice_kernel sluice_integer_product(
    const struct sluice_format *format, enum sluice_instruction_set set) {
    // Two formats' products need more of AVX-512 than the set.
    const bool lacks_bf16 = format->type == 30 && !sluice_multiplies_bf16();
    const bool lacks_bytes = format->type == 39 && !sluice_permutes_bytes();
    const bool runs = set != SLUICE_AVX512 || (!lacks_bf16 && !lacks_bytes);
    if (format->integer_product[set] && runs) return format->integer_product[set];
    if (set == SLUICE_AVX512 && format->integer_product[SLUICE_AVX2]) {
        return format->integer_product[SLUICE_AVX2];
    }
    return format->integer_product[SLUICE_SCALAR];
}

extern const struct sluice_operations sluice_operations_scalar;
#if defined(__x86_64__)
extern const struct sluice_operations sluice_operations_avx2, sluice_operations_avx512;
#endif
#if defined(__aarch64__)
extern const struct sluice_operations sluice_operations_neon;
#endif

const struct sluice_operations *sluice_operations(enum sluice_instruction_set set) {
    static const struct sluice_operations *const tables[SLUICE_INSTRUCTION_SETS] = {
        &sluice_operations_scalar, X86(&sluice_operations_avx2), X86(&sluice_operations_avx512),
        ARM(&sluice_operations_neon)};
    return tables[set] && sluice_supports(set) ? tables[set] : &sluice_operations_scalar;
}
