// Blocks of weights in two parts: a prefix that alone is a weight of lower precision, and the rest.
//
// The prefix of a block is what is not codes (scales, offsets, and the high bits that some formats keep in an
// array of their own), in the order of the block, and behind it the high halves of the other codes. The rest
// is their low halves. Both together are the block's bits in another order, no more and no fewer.
//
// With the array that holds the low four bits of two elements per byte (Q4_0 to Q6_K) of L bytes, for j < L /
// 2, and each pair of bits of a nibble a field:
//
//   prefix[j] = low[j] & 0xCC | (low[j + L / 2] & 0xCC) >> 2
//   rest[j]   = (low[j] & 0x33) << 2 | low[j + L / 2] & 0x33
//
// and with that of Q8_0, which has one element per byte:
//
//   prefix[j] = q[j] & 0xF0 | q[j + 16] >> 4 & 0x0F
//   rest[j]   = q[j] << 4 | q[j + 16] & 0x0F
#ifndef SLUICE_PLANES_H
#define SLUICE_PLANES_H

#include <stdint.h>

#pragma clang assume_nonnull begin

// `count` blocks, their prefixes and their rests, each one behind the other. No pointer needs an alignment,
// and none may overlap another. One version serves every instruction set: it moves bytes at memory's speed.
struct sluice_planes {
    uint32_t type; // number of the format in GGUF files
    int32_t prefix_bytes; // of one block
    void (*split)(const void *restrict blocks, void *restrict prefixes, void *restrict rests, int64_t count);
    // The original blocks, bit for bit.
    void (*join)(
        const void *restrict prefixes, const void *restrict rests, void *restrict blocks, int64_t count);
    // Blocks whose missing low bits are the middle of what they can be, in turn the lower and the upper of
    // the two middle values: so the mean error is zero, which was measured to matter more than the size of a
    // single error. With b missing bits a code is at most 2^(b - 1) from the original. Byte j of `rest` is
    // taken for 0x55 where j is even and 0xAA where it is odd, in Q8_0 for 0x77 and 0x88.
    void (*expand)(const void *restrict prefixes, void *restrict blocks, int64_t count);
};

// The row of the format with GGUF number `type`; null for formats whose blocks stay whole: those of floats,
// of codes that are indices of a table, and those whose prefix would have less than 2.5 bits per weight.
const struct sluice_planes *_Nullable sluice_planes(uint32_t type);

#pragma clang assume_nonnull end
#endif
