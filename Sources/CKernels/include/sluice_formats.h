// Weight formats and instruction sets: which exist, which this machine has, and how a row becomes Float32.
#ifndef SLUICE_FORMATS_H
#define SLUICE_FORMATS_H

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// The order is the column order of the format table.
enum sluice_instruction_set {
    SLUICE_SCALAR = 0,
    SLUICE_AVX2 = 1,   // AVX2, FMA and F16C
    SLUICE_AVX512 = 2, // AVX-512 F, BW, DQ, VL and VNNI
    SLUICE_NEON = 3,   // Advanced SIMD of AArch64 with the dot product
    SLUICE_INSTRUCTION_SETS = 4,
};

// True where the processor and the operating system both support `set`. Runs on: any thread.
bool sluice_supports(enum sluice_instruction_set set);

// True where AVX-512 also multiplies pairs of BF16, as its product of BF16 weights does. Others of the set
// take the product of AVX2.
bool sluice_multiplies_bf16(void);

// True where AVX-512 also permutes bytes across a register (VBMI), as its product of MXFP4 weights does.
// Others of the set take the product of AVX2.
bool sluice_permutes_bytes(void);

// Decodes `count` consecutive blocks to Float32. Neither pointer needs an alignment.
//
// Contract: bit-exact on every instruction set: each element is the product (and sum) of the format's
// definition, every operation rounded to Float32 on its own. Reads count * block_bytes bytes, writes count *
// block_elements values.
typedef void (*sluice_decode)(const void *restrict blocks, float *restrict output, int64_t count);

// Computes the units first ..< first + count of what `arguments` describe; sluice_operations.h says more.
typedef void (*sluice_kernel)(const void *arguments, int64_t first, int64_t count, float *scratch);

// One row of the format table.
struct sluice_format {
    uint32_t type; // number of the format in GGUF files
    int32_t block_elements;
    int32_t block_bytes;
    // By instruction set; a missing entry means that the next weaker set's serves.
    sluice_decode _Nullable decode[SLUICE_INSTRUCTION_SETS];
    // Products with inputs in 8 bits, of BF16 with inputs in BF16; none at all for F32 and F16.
    sluice_kernel _Nullable integer_product[SLUICE_INSTRUCTION_SETS];
};

// The row of the format with GGUF number `type`, or null where there is none.
const struct sluice_format *_Nullable sluice_format(uint32_t type);

// The best decoder of `format` that `set` may run: its own or that of a weaker set.
sluice_decode sluice_decoder(const struct sluice_format *format, enum sluice_instruction_set set);

// The best product of `format` with quantized or rounded inputs that `set` may run, or null where the
// format's inputs stay Float32. Its arguments are a sluice_product.
sluice_kernel _Nullable sluice_integer_product(
    const struct sluice_format *format, enum sluice_instruction_set set);

#pragma clang assume_nonnull end
#endif
