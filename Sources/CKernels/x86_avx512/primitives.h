// What lanes cannot express, in AVX-512: conversions of halves and table look-ups. Included inside the target
// region.

SLUICE_INLINE lanes load_half_lanes(const void *from) {
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)from));
}

SLUICE_INLINE void store_half_lanes(void *to, lanes values) {
    _mm256_storeu_si256((__m256i *)to, _mm512_cvtps_ph(values, _MM_FROUND_TO_NEAREST_INT));
}

// The half at `from` in every lane. The integer is spread first: inserting it would wait for the register's
// old value.
SLUICE_INLINE lanes load_half(const void *from) {
    int16_t half;
    memcpy(&half, from, sizeof half);
    return _mm512_cvtph_ps(_mm256_set1_epi16(half));
}

// table[q] of sixteen codes below 16.
SLUICE_INLINE signed_codes look_up_codes(const int8_t *table, codes q) {
    return (signed_codes)_mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)table), (__m128i)q);
}
