#include "blocks/blocks.h"
#include "blocks/decoders.h"
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

#define DECODE(name) sluice_decode_##name

// One row per format: number, elements and bytes of a block, decoders for scalar, AVX2, AVX-512, NEON.
static const struct sluice_format formats[] = {
    {0, 1, 4, {DECODE(f32_scalar)}},
    {1, 1, 2, {DECODE(f16_scalar)}},
    {30, 1, 2, {DECODE(bf16_scalar)}},
    {2, 32, sizeof(struct sluice_block_q4_0), {DECODE(q4_0_scalar)}},
    {3, 32, sizeof(struct sluice_block_q4_1), {DECODE(q4_1_scalar)}},
    {6, 32, sizeof(struct sluice_block_q5_0), {DECODE(q5_0_scalar)}},
    {7, 32, sizeof(struct sluice_block_q5_1), {DECODE(q5_1_scalar)}},
    {8, 32, sizeof(struct sluice_block_q8_0), {DECODE(q8_0_scalar)}},
    {10, 256, sizeof(struct sluice_block_q2_K), {DECODE(q2_K_scalar)}},
    {11, 256, sizeof(struct sluice_block_q3_K), {DECODE(q3_K_scalar)}},
    {12, 256, sizeof(struct sluice_block_q4_K), {DECODE(q4_K_scalar)}},
    {13, 256, sizeof(struct sluice_block_q5_K), {DECODE(q5_K_scalar)}},
    {14, 256, sizeof(struct sluice_block_q6_K), {DECODE(q6_K_scalar)}},
    {20, 32, sizeof(struct sluice_block_iq4_nl), {DECODE(iq4_nl_scalar)}},
    {23, 256, sizeof(struct sluice_block_iq4_xs), {DECODE(iq4_xs_scalar)}},
    {39, 32, sizeof(struct sluice_block_mxfp4), {DECODE(mxfp4_scalar)}},
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

extern const struct sluice_operations sluice_operations_scalar;
#if defined(__x86_64__)
extern const struct sluice_operations sluice_operations_avx2, sluice_operations_avx512;
#endif
#if defined(__aarch64__)
extern const struct sluice_operations sluice_operations_neon;
#endif

const struct sluice_operations *sluice_operations(enum sluice_instruction_set set) {
    static const struct sluice_operations *const tables[SLUICE_INSTRUCTION_SETS] = {
        &sluice_operations_scalar, X86(&sluice_operations_avx2), X86(&sluice_operations_avx512), ARM(&sluice_operations_neon)};
    return tables[set] && sluice_supports(set) ? tables[set] : &sluice_operations_scalar;
}
