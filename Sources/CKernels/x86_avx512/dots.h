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

// What the dots of an input with codes `offset` above their values start from.
SLUICE_INLINE strip dot_start(const strip *x, const int strips, const int offset) {
    strip codes;
    codes = (uint8_t)offset;
    lane_bits sum = (lane_bits)(0);
    UNROLLED for (int s = 0; s < strips; s++) sum = dot(sum, codes, x[s], true);
    return (strip)-sum;
}

// Lane i has the product of bytes 4i ... 4i + 3 of one or two strips.
SLUICE_INLINE lane_bits group_dot(
    const strip *codes, const strip *x, const int strips, const strip *start, const bool is_wide) {
    lane_bits sum = start ? (lane_bits)*start : (lane_bits)(0);
    UNROLLED for (int s = 0; s < strips; s++) sum = dot(sum, codes[s], x[s], is_wide);
    return sum;
}

// The bytes of each quarter at `index`, zero where it is 128.
SLUICE_INLINE strip shuffle_quarters(strip bytes, const uint8_t index[16]) {
    const __m128i from = _mm_loadu_si128((const __m128i *)(const void *)index);
    return (strip)_mm512_shuffle_epi8((__m512i)bytes, _mm512_broadcast_i32x4(from));
}

// Of four rows the 16-bit word `at` bytes into each of four blocks of `bytes` bytes, rows of a block side by
// side; of odd addresses the word one byte before. Reads within the four blocks.
SLUICE_INLINE words block_words(const char *const rows[4], const int bytes, const int at) {
    // Where the 64 bytes that end with the last word begin.
    const int behind = (3 * bytes + at) / 2 * 2 - 62;
    __m512i all = _mm512_setzero_si512();
    UNROLLED for (int r = 0; r < 4; r++) {
        signed_strip_words index = (int16_t)0;
        UNROLLED for (int i = 0; i < 4; i++) {
            const int from = bytes * i + at;
            index[4 * i + r] = (int16_t)(behind <= 0 || from < 64 ? from / 2 : (from - behind) / 2 + 32);
        }
        const __mmask32 mask = 0x1111u << r;
        const __m512i first = _mm512_loadu_si512(rows[r]);
        if (behind <= 0) {
            all = _mm512_mask_permutexvar_epi16(all, mask, (__m512i)index, first);
        } else {
            const __m512i second = _mm512_loadu_si512(rows[r] + behind);
            all = _mm512_or_si512(all, _mm512_maskz_permutex2var_epi16(mask, first, (__m512i)index, second));
        }
    }
    return (words)_mm512_castsi512_si256(all);
}

// table[q] of 64 codes below 16.
SLUICE_INLINE strip look_up_strip(const uint8_t *table, strip q) {
    const __m128i values = _mm_loadu_si128((const __m128i *)(const void *)table);
    return (strip)_mm512_shuffle_epi8(_mm512_broadcast_i32x4(values), (__m512i)q);
}
