// Products of unsigned by signed bytes in AVX-512 VNNI. Included inside the target region.

enum { PANEL_TOKENS = 8, HELD_QUADS = 2 };

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
    UNROLLED for (int r = 0; r < 4; r += behind <= 0 ? 2 : 1) {
        signed_strip_words index = (int16_t)0;
        UNROLLED for (int i = 0; i < 4; i++) {
            const int from = bytes * i + at;
            index[4 * i + r] = (int16_t)(behind <= 0 || from < 64 ? from / 2 : (from - behind) / 2 + 32);
            // All of two rows lie in the first 64 bytes of each.
            if (behind <= 0) index[4 * i + r + 1] = (int16_t)(from / 2 + 32);
        }
        const __m512i first = _mm512_loadu_si512(rows[r]);
        const __m512i second = _mm512_loadu_si512(behind <= 0 ? rows[r + 1] : rows[r] + behind);
        const __mmask32 mask = (behind <= 0 ? 0x3333u : 0x1111u) << r;
        all = _mm512_or_si512(all, _mm512_maskz_permutex2var_epi16(mask, first, (__m512i)index, second));
    }
    return (words)_mm512_castsi512_si256(all);
}

// table[q] of 64 codes below 16.
SLUICE_INLINE strip look_up_strip(const uint8_t *table, strip q) {
    const __m128i values = _mm_loadu_si128((const __m128i *)(const void *)table);
    return (strip)_mm512_shuffle_epi8(_mm512_broadcast_i32x4(values), (__m512i)q);
}

// Sixteen bytes `at` bytes into each of four blocks of `bytes` bytes, both even. Reads within the four
// blocks.
SLUICE_INLINE strip block_quarters(const char *blocks, const int bytes, const int at) {
    // Two times 64 bytes have them all: from the start, and to the end of the last.
    const int behind = 3 * bytes + at + 16 - 64;
    strip_words index;
    UNROLLED for (int i = 0; i < 32; i++) {
        const int from = bytes * (i / 8) + at + i % 8 * 2;
        index[i] = (uint16_t)(from < 64 ? from / 2 : (from - behind) / 2 + 32);
    }
    const __m512i first = _mm512_loadu_si512(blocks), second = _mm512_loadu_si512(blocks + behind);
    return (strip)_mm512_permutex2var_epi16(first, (__m512i)index, second);
}

// Adds 16 to the codes of four blocks of `bytes` bytes whose bits, a 32-bit word `at` bytes into each, are
// set.
SLUICE_INLINE void add_block_bits(const char *blocks, const int bytes, const int at, strip codes[2]) {
    const int behind = 4 * bytes - 64;
    strip_words index;
    UNROLLED for (int i = 0; i < 32; i++) {
        const int from = bytes * (i / 8) + at + i % 2 * 2;
        index[i] = (uint16_t)(from < 64 ? from / 2 : (from - behind) / 2 + 32);
    }
    const __m512i first = _mm512_loadu_si512(blocks), second = _mm512_loadu_si512(blocks + behind);
    const strip bits = (strip)_mm512_permutex2var_epi16(first, (__m512i)index, second);
    static const uint8_t byte_of[2][16] = {
        {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1}, {2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3}};
    const __m512i select = _mm512_set1_epi64((int64_t)0x8040201008040201), sixteen = _mm512_set1_epi8(16);
    UNROLLED for (int i = 0; i < 2; i++) {
        const __mmask64 mask = _mm512_test_epi8_mask((__m512i)shuffle_quarters(bits, byte_of[i]), select);
        codes[i] = (strip)_mm512_mask_add_epi8((__m512i)codes[i], mask, (__m512i)codes[i], sixteen);
    }
}

// As fold_quarters, of sums that fit 16 bits as two together do.
SLUICE_INLINE lane_bits fold_small_quarters(const lane_bits a[4]) {
    const __m512i ones = _mm512_set1_epi16(1);
    const __m512i x = _mm512_madd_epi16(_mm512_packs_epi32((__m512i)a[0], (__m512i)a[1]), ones);
    const __m512i y = _mm512_madd_epi16(_mm512_packs_epi32((__m512i)a[2], (__m512i)a[3]), ones);
    return (lane_bits)_mm512_madd_epi16(_mm512_packs_epi32(x, y), ones);
}
