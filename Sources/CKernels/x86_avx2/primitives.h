// What lanes cannot express, in AVX2: conversions of halves and table look-ups. Included inside the target
// region.

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

// The half at `from` in every lane. The integer is spread first: inserting it would wait for the register's
// old value.
SLUICE_INLINE lanes load_half(const void *from) {
    int16_t half;
    memcpy(&half, from, sizeof half);
    lanes values;
    values.lo = values.hi = _mm256_cvtph_ps(_mm_set1_epi16(half));
    return values;
}

// table[q] of sixteen codes below 16.
SLUICE_INLINE signed_codes look_up_codes(const int8_t *table, codes q) {
    return (signed_codes)_mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)table), (__m128i)q);
}
