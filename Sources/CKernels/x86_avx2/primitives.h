// What lanes cannot express, in AVX2: conversions of halves and table look-ups. Included inside the target region.

SLUICE_INLINE lanes load_half_lanes(const void *from) {
    lanes values;
    values.lo = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)from));
    values.hi = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)from + 1));
    return values;
}

SLUICE_INLINE void store_half_lanes(void *to, lanes values) {
    _mm_storeu_si128((__m128i *)to, _mm256_cvtps_ph(values.lo, _MM_FROUND_TO_NEAREST_INT));
    _mm_storeu_si128((__m128i *)to + 1, _mm256_cvtps_ph(values.hi, _MM_FROUND_TO_NEAREST_INT));
}

SLUICE_INLINE float load_half(const uint8_t *from) { return _cvtsh_ss(sluice_load_u16(from)); }

// table[q] of sixteen codes below 16.
SLUICE_INLINE signed_codes look_up_codes(const int8_t *table, codes q) {
    return (signed_codes)_mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)table), (__m128i)q);
}
