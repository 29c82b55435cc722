// Products of unsigned by signed bytes in AVX-512 VNNI. Included inside the target region.

enum { PANEL_TOKENS = 8 };

// What a wide code counts less than its bits say.
enum { WIDE_BIAS = 0 };

// Lane i gains the product of bytes 4i ... 4i + 3. Exact: no step saturates.
SLUICE_INLINE lane_bits dot(lane_bits sum, strip codes, strip x, bool is_wide) {
    (void)is_wide;
    return (lane_bits)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)codes, (__m512i)x);
}

// Lane i gains the product of the 16-bit integers 2i and 2i + 1.
SLUICE_INLINE lane_bits dot_words(lane_bits sum, lane_bits a, lane_bits b) {
    return (lane_bits)_mm512_dpwssd_epi32((__m512i)sum, (__m512i)a, (__m512i)b);
}

// The same in eight lanes, added to nothing.
SLUICE_INLINE eight_sums pair_products(words a, words b) {
    return (eight_sums)_mm256_madd_epi16((__m256i)a, (__m256i)b);
}

// Scales as `scaled_dot` takes them.
SLUICE_INLINE lane_bits scale_factors(lane_bits scales, bool is_wide) {
    return is_wide ? scales : scales & 0xffff;
}

// Lane i gains scales[i] times the product of its four bytes. Narrow products are at most 4 * 63 * 127 and so
// fit the lower 16 bits; the upper ones meet the factor's zeros.
SLUICE_INLINE lane_bits scaled_dot(lane_bits sum, strip codes, strip x, lane_bits scales, bool is_wide) {
    const lane_bits products = dot((lane_bits)(0), codes, x, is_wide);
    return is_wide ? sum + products * scales : dot_words(sum, products, scales);
}

// table[q] of 64 codes below 16.
SLUICE_INLINE strip look_up_strip(const uint8_t *table, strip q) {
    const __m128i values = _mm_loadu_si128((const __m128i *)(const void *)table);
    return (strip)_mm512_shuffle_epi8(_mm512_broadcast_i32x4(values), (__m512i)q);
}
