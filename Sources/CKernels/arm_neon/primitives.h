// What lanes cannot express, in NEON: conversions of halves and table look-ups.

SLUICE_INLINE lanes load_half_lanes(const void *from) {
    lanes values;
    for (int i = 0; i < LANES; i += 4) {
        uint16x4_t halves;
        memcpy(&halves, (const char *)from + 2 * i, sizeof halves);
        const float32x4_t four = vcvt_f32_f16(vreinterpret_f16_u16(halves));
        memcpy((char *)&values + 4 * i, &four, sizeof four);
    }
    return values;
}

SLUICE_INLINE void store_half_lanes(void *to, lanes values) {
    for (int i = 0; i < LANES; i += 4) {
        float32x4_t four;
        memcpy(&four, (const char *)&values + 4 * i, sizeof four);
        const uint16x4_t halves = vreinterpret_u16_f16(vcvt_f16_f32(four));
        memcpy((char *)to + 2 * i, &halves, sizeof halves);
    }
}

// The half at `from` in every lane.
SLUICE_INLINE lanes load_half(const void *from) { return (lanes)(sluice_load_half(from)); }

// table[q] of sixteen codes below 16.
SLUICE_INLINE signed_codes look_up_codes(const int8_t *table, codes q) {
    return (signed_codes)vqtbl1q_s8(vld1q_s8(table), (uint8x16_t)q);
}
