// Products of unsigned by signed bytes in AVX2. Included inside the target region.

enum { PANEL_TOKENS = 8 };

// What a wide code counts less than its bits say: it becomes signed.
enum { WIDE_BIAS = 128 };

// Products of bytes 2i and 2i + 1, added in 16 bits. Narrow codes: at most 2 * 63 * 127. Wide ones: the
// magnitude of the code times the input with the code's sign, at most 2 * 128 * 127 = 32512. Neither
// saturates; inputs are never -128, so their sign can change.
SLUICE_INLINE __m256i byte_products(half_strip codes, half_strip x, bool is_wide) {
    if (!is_wide) return _mm256_maddubs_epi16((__m256i)codes, (__m256i)x);
    const __m256i values = (__m256i)(codes ^ 0x80);
    return _mm256_maddubs_epi16(_mm256_abs_epi8(values), _mm256_sign_epi8((__m256i)x, values));
}

// Lane i gains the product of bytes 4i ... 4i + 3.
SLUICE_INLINE lane_bits dot(lane_bits sum, strip codes, strip x, bool is_wide) {
    const __m256i ones = _mm256_set1_epi16(1);
    sum.lo += (eight_sums)_mm256_madd_epi16(byte_products(codes.lo, x.lo, is_wide), ones);
    sum.hi += (eight_sums)_mm256_madd_epi16(byte_products(codes.hi, x.hi, is_wide), ones);
    return sum;
}

// Products of the 16-bit integers 2i and 2i + 1.
SLUICE_INLINE eight_sums pair_products(words a, words b) {
    return (eight_sums)_mm256_madd_epi16((__m256i)a, (__m256i)b);
}

// Lane i gains those of both halves.
SLUICE_INLINE lane_bits dot_words(lane_bits sum, lane_bits a, lane_bits b) {
    sum.lo += pair_products((words)a.lo, (words)b.lo);
    sum.hi += pair_products((words)a.hi, (words)b.hi);
    return sum;
}

// Scales as `scaled_dot` takes them: in both halves of a lane.
SLUICE_INLINE lane_bits scale_factors(lane_bits scales, bool is_wide) {
    (void)is_wide;
    return (scales & 0xffff) | scales << 16;
}

// Lane i gains scales[i] times the product of its four bytes.
SLUICE_INLINE lane_bits scaled_dot(lane_bits sum, strip codes, strip x, lane_bits scales, bool is_wide) {
    sum.lo += pair_products((words)byte_products(codes.lo, x.lo, is_wide), (words)scales.lo);
    sum.hi += pair_products((words)byte_products(codes.hi, x.hi, is_wide), (words)scales.hi);
    return sum;
}

// table[q] of 64 codes below 16.
SLUICE_INLINE strip look_up_strip(const uint8_t *table, strip q) {
    const __m256i values =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
    q.lo = (half_strip)_mm256_shuffle_epi8(values, (__m256i)q.lo);
    q.hi = (half_strip)_mm256_shuffle_epi8(values, (__m256i)q.hi);
    return q;
}
