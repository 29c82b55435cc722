// Included inside a target region: sixteen packed codes at a time, and Float32 from them.

// The instruction set's name is known to the including file as SLUICE_SET.
#define SLUICE_EXPANDED_DECODER(format, set) SLUICE_DECODER(format, set)
#define SLUICE_LANE_DECODER(format) SLUICE_EXPANDED_DECODER(format, SLUICE_SET)

SLUICE_INLINE codes load_codes(const void *from) { return *(const unaligned_codes *)from; }

// The low or the high half of every byte.
SLUICE_INLINE codes low_codes(codes bytes) { return bytes & 0x0f; }

SLUICE_INLINE codes high_codes(codes bytes) { return bytes >> 4; }

// 16 in lane i where bit i of `bits` is set: the fifth bit of a code.
SLUICE_INLINE codes fifth_bits(uint16_t bits) {
    codes spread;
    spread.lo = (uint8_t)bits;
    spread.hi = (uint8_t)(bits >> 8);
    const codes select = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    return (codes)((spread & select) != 0) & 0x10;
}

SLUICE_INLINE lanes floats_of(codes q) { return __builtin_convertvector(q, lanes); }

SLUICE_INLINE lanes floats_of_signed(signed_codes q) { return __builtin_convertvector(q, lanes); }

// Scales (first 8) and mins (last 8) of the groups of a Q4_K or Q5_K block: all twelve bytes at once, four
// per word.
SLUICE_INLINE codes unpack_scale_codes(const uint8_t *packed) {
    const uint32_t first = sluice_load_u32(packed), second = sluice_load_u32(packed + 4);
    const uint32_t third = sluice_load_u32(packed + 8);
    const uint32_t words[4] = {
        first & 0x3f3f3f3fu, (third & 0x0f0f0f0fu) | (first >> 2 & 0x30303030u),
        second & 0x3f3f3f3fu, (third >> 4 & 0x0f0f0f0fu) | (second >> 2 & 0x30303030u)};
    return load_codes(words);
}

// The same in Float32.
SLUICE_INLINE void unpack_scales_and_mins(const uint8_t *packed, lanes d, lanes dmin, float *scales) {
    lanes factors = d;
    factors.hi = dmin.hi;
    store(scales, factors * floats_of(unpack_scale_codes(packed)));
}

// The sixteen scales of a Q3_K block, four per word.
SLUICE_INLINE signed_codes unpack_signed_scales(const uint8_t *packed) {
    const uint32_t first = sluice_load_u32(packed), second = sluice_load_u32(packed + 4);
    const uint32_t high = sluice_load_u32(packed + 8);
    const uint32_t words[4] = {
        (first & 0x0f0f0f0fu) | (high << 4 & 0x30303030u),
        (second & 0x0f0f0f0fu) | (high << 2 & 0x30303030u),
        (first >> 4 & 0x0f0f0f0fu) | (high & 0x30303030u),
        (second >> 4 & 0x0f0f0f0fu) | (high >> 2 & 0x30303030u)};
    return (signed_codes)(load_codes(words) - 32);
}
