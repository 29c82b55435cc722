// How each quantized format lies in memory. Every field is made of bytes: blocks in files follow no
// alignment.
//
// "d" is the block's scale, "m"/"dmin" its offset; both are IEEE halves, little-endian. Element i of a block
// of 32 with four low bits lies in the low half of byte i (i < 16) or in the high half of byte i - 16.
// Source: the layouts of the GGUF tensor types as the `gguf` PyPI package 0.19 reads them.
#ifndef SLUICE_BLOCKS_H
#define SLUICE_BLOCKS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Decoding is defined by separate roundings: a compiler must not fuse a product with a sum.
#pragma STDC FP_CONTRACT OFF

#define SLUICE_CHECK_BLOCK(name, bytes) \
    _Static_assert(sizeof(struct sluice_block_##name) == (bytes), #name); \
    _Static_assert(_Alignof(struct sluice_block_##name) == 1, #name)

// x = d * (q - 8)
struct sluice_block_q4_0 {
    uint8_t d[2];
    uint8_t low[16];
};
SLUICE_CHECK_BLOCK(q4_0, 18);

// x = d * q + m
struct sluice_block_q4_1 {
    uint8_t d[2];
    uint8_t m[2];
    uint8_t low[16];
};
SLUICE_CHECK_BLOCK(q4_1, 20);

// x = d * (q - 16); bit i of `high`, read as a little-endian word, is the fifth bit of element i
struct sluice_block_q5_0 {
    uint8_t d[2];
    uint8_t high[4];
    uint8_t low[16];
};
SLUICE_CHECK_BLOCK(q5_0, 22);

// x = d * q + m
struct sluice_block_q5_1 {
    uint8_t d[2];
    uint8_t m[2];
    uint8_t high[4];
    uint8_t low[16];
};
SLUICE_CHECK_BLOCK(q5_1, 24);

// x = d * q
struct sluice_block_q8_0 {
    uint8_t d[2];
    int8_t q[32];
};
SLUICE_CHECK_BLOCK(q8_0, 34);

// 16 groups of 16: x = (d * scale) * q - (dmin * min); group g has its scale in the low half of scales[g],
// its min in the high half. Element 128h + 32j + l has bits 2j, 2j + 1 of q[32h + l].
struct sluice_block_q2_K {
    uint8_t scales[16];
    uint8_t q[64];
    uint8_t d[2];
    uint8_t dmin[2];
};
SLUICE_CHECK_BLOCK(q2_K, 84);

// 16 groups of 16: x = (d * (scale - 32)) * (q - (high ? 0 : 4)). Two low bits as in Q2_K; bit j' of high[l]
// belongs to element 32j' + l. Scale g: low four bits in byte g % 8 (high half for g >= 8), two high bits in
// byte 8 + g % 4 at 2(g / 4).
struct sluice_block_q3_K {
    uint8_t high[32];
    uint8_t low[64];
    uint8_t scales[12];
    uint8_t d[2];
};
SLUICE_CHECK_BLOCK(q3_K, 110);

// 8 groups of 32: x = (d * scale) * q - (dmin * min). Six-bit scales and mins, packed: groups 0-3 in the low
// six bits of bytes g and 4 + g; groups 4-7 have four bits in byte 4 + g (scale low half, min high half) and
// two in the top of bytes g - 4, g. Element 64c + 32n + l is half n of q[32c + l].
struct sluice_block_q4_K {
    uint8_t d[2];
    uint8_t dmin[2];
    uint8_t scales[12];
    uint8_t low[128];
};
SLUICE_CHECK_BLOCK(q4_K, 144);

// As Q4_K with a fifth bit: bit g of high[l] for element 32g + l.
struct sluice_block_q5_K {
    uint8_t d[2];
    uint8_t dmin[2];
    uint8_t scales[12];
    uint8_t high[32];
    uint8_t low[128];
};
SLUICE_CHECK_BLOCK(q5_K, 176);

// 16 groups of 16: x = (d * scale) * (q - 32). Element 128h + 64n + i (i < 64): low bits in half n of low[64h
// + i]; two high bits of element 128h + 32j + l at 2j of high[32h + l].
struct sluice_block_q6_K {
    uint8_t low[128];
    uint8_t high[64];
    int8_t scales[16];
    uint8_t d[2];
};
SLUICE_CHECK_BLOCK(q6_K, 210);

// x = d * iq4_values[q]
struct sluice_block_iq4_nl {
    uint8_t d[2];
    uint8_t low[16];
};
SLUICE_CHECK_BLOCK(iq4_nl, 18);

// 8 groups of 32: x = (d * (scale - 32)) * iq4_values[q]. Scale g: low half-byte g of scales_low, bits 2g, 2g
// + 1 of scales_high; elements of a group as in IQ4_NL.
struct sluice_block_iq4_xs {
    uint8_t d[2];
    uint8_t scales_high[2];
    uint8_t scales_low[4];
    uint8_t low[128];
};
SLUICE_CHECK_BLOCK(iq4_xs, 136);

// x = 2^(exponent - 128) * mxfp4_values[q]: the values are doubled to be whole numbers, the power is halved
// in return.
// Source: OCP Microscaling Formats (MX) specification 1.0.
struct sluice_block_mxfp4 {
    uint8_t exponent;
    uint8_t low[16];
};
SLUICE_CHECK_BLOCK(mxfp4, 17);

static const int8_t sluice_iq4_values[16] = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
static const int8_t sluice_mxfp4_values[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

static inline float sluice_float_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t sluice_bits_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// IEEE half to Float32, exact.
static inline float sluice_float_from_half_bits(uint16_t half) {
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    const uint32_t magnitude = half & 0x7fff;
    if (magnitude >= 0x7c00) return sluice_float_from_bits(sign | 0x7f800000u | (magnitude & 0x3ff) << 13);
    if (magnitude >= 0x0400) return sluice_float_from_bits(sign | (magnitude + (112u << 10)) << 13);
    // A subnormal half is a small whole number of 2^-24.
    return sluice_float_from_bits(sign | sluice_bits_of_float((float)magnitude * 0x1p-24f));
}

// Float32 to IEEE half, to nearest, ties to even; too large becomes infinity.
static inline uint16_t sluice_half_bits_from_float(float value) {
    const uint32_t bits = sluice_bits_of_float(value);
    const uint16_t sign = (uint16_t)((bits >> 16) & 0x8000);
    const uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) return sign | 0x7e00 | (uint16_t)((magnitude >> 13) & 0x1ff);
    // 65520 is half-way between the largest half and the first that is none.
    if (magnitude >= 0x477ff000u) return sign | 0x7c00;
    if (magnitude >= 0x38800000u) {
        const uint32_t rounded = magnitude + 0x0fff + ((magnitude >> 13) & 1);
        return sign | (uint16_t)((rounded >> 13) - (112u << 10));
    }
    // Beside 0.5 one unit in the last place is 2^-24, the spacing of subnormal halves: the addition rounds
    // for us.
    const float aligned = sluice_float_from_bits(magnitude) + 0.5f;
    return sign | (uint16_t)(sluice_bits_of_float(aligned) - sluice_bits_of_float(0.5f));
}

static inline uint16_t sluice_load_u16(const uint8_t *bytes) { return (uint16_t)(bytes[0] | bytes[1] << 8); }

static inline uint32_t sluice_load_u32(const uint8_t *bytes) {
    return (uint32_t)sluice_load_u16(bytes) | (uint32_t)sluice_load_u16(bytes + 2) << 16;
}

static inline float sluice_load_half(const uint8_t *bytes) {
    return sluice_float_from_half_bits(sluice_load_u16(bytes));
}

// Half the power of two that an E8M0 exponent stands for; below 2 the result is subnormal.
static inline float sluice_half_power(uint8_t exponent) {
    return sluice_float_from_bits(exponent < 2 ? 0x00200000u << exponent : (uint32_t)(exponent - 1) << 23);
}

// Scale and min of group `group` of a Q4_K or Q5_K block.
static inline void sluice_scale_and_min(const uint8_t *packed, int group, uint8_t *scale, uint8_t *min) {
    if (group < 4) {
        *scale = packed[group] & 0x3f;
        *min = packed[group + 4] & 0x3f;
    } else {
        *scale = (uint8_t)((packed[group + 4] & 0x0f) | (packed[group - 4] >> 6) << 4);
        *min = (uint8_t)((packed[group + 4] >> 4) | (packed[group] >> 6) << 4);
    }
}

#endif
