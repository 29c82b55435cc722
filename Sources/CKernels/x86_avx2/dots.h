// Products of unsigned by signed bytes in AVX2. Included inside the target region.

// Of sixteen registers the sums of four tokens of a panel take eight, see panels.h; those of one quad take
// two, and with those of four Q8_0 was a tenth slower.
enum { PANEL_TOKENS = 4, HELD_QUADS = 1 };

// What a wide code counts less than its bits say: it becomes signed.
enum { WIDE_BIAS = 128 };

// Products of bytes 2i and 2i + 1, added in 16 bits. Narrow codes: at most 2 * 63 * 127. Values of wide ones:
// their magnitude times the input with their sign, at most 2 * 128 * 127 = 32512. Neither saturates; inputs
// are never -128, so their sign can change.
SLUICE_INLINE __m256i value_products(half_strip values, half_strip x, bool is_wide) {
    const __m256i a = (__m256i)values, b = (__m256i)x;
    return is_wide ? _mm256_maddubs_epi16(_mm256_abs_epi8(a), _mm256_sign_epi8(b, a))
                   : _mm256_maddubs_epi16(a, b);
}

// The same of codes.
SLUICE_INLINE __m256i byte_products(half_strip codes, half_strip x, bool is_wide) {
    return value_products(is_wide ? codes ^ 0x80 : codes, x, is_wide);
}

// Lane i gains the product of bytes 4i ... 4i + 3.
SLUICE_INLINE lane_bits dot(lane_bits sum, strip codes, strip x, bool is_wide) {
    const __m256i ones = _mm256_set1_epi16(1);
    sum.lo += (eight_sums)_mm256_madd_epi16(byte_products(codes.lo, x.lo, is_wide), ones);
    sum.hi += (eight_sums)_mm256_madd_epi16(byte_products(codes.hi, x.hi, is_wide), ones);
    return sum;
}

// Products of the 16-bit integers 2i and 2i + 1.
SLUICE_INLINE eight_sums pair_products(__m256i a, __m256i b) { return (eight_sums)_mm256_madd_epi16(a, b); }

// Lane i gains those of both halves.
SLUICE_INLINE lane_bits dot_words(lane_bits sum, lane_bits a, lane_bits b) {
    sum.lo += pair_products((__m256i)a.lo, (__m256i)b.lo);
    sum.hi += pair_products((__m256i)a.hi, (__m256i)b.hi);
    return sum;
}

// What the products of an input with narrow codes `offset` above their values start from, as 16-bit integers.
SLUICE_INLINE strip dot_start(const strip *x, const int strips, const int offset) {
    const half_strip codes = (uint8_t)offset;
    strip sum;
    sum.lo = sum.hi = (half_strip)(0);
    UNROLLED for (int s = 0; s < strips; s++) {
        sum.lo = (half_strip)_mm256_sub_epi16((__m256i)sum.lo, byte_products(codes, x[s].lo, false));
        sum.hi = (half_strip)_mm256_sub_epi16((__m256i)sum.hi, byte_products(codes, x[s].hi, false));
    }
    return sum;
}

// Half of a group's product. Narrow products of two strips are at most 4 * 63 * 127 together.
SLUICE_INLINE eight_sums half_dot(
    half_strip a, half_strip b, half_strip x, half_strip y, const int strips, const half_strip *start,
    const bool is_wide) {
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i products = byte_products(a, x, is_wide);
    if (start) products = _mm256_add_epi16(products, (__m256i)*start);
    if (strips == 1) return pair_products(products, ones);
    const __m256i more = byte_products(b, y, is_wide);
    if (is_wide) return pair_products(products, ones) + pair_products(more, ones);
    return pair_products(_mm256_add_epi16(products, more), ones);
}

// Lane i has the product of bytes 4i ... 4i + 3 of one or two strips.
SLUICE_INLINE lane_bits group_dot(
    const strip *codes, const strip *x, const int strips, const strip *start, const bool is_wide) {
    const int last = strips - 1;
    const half_strip low = start ? start->lo : codes[0].lo, high = start ? start->hi : codes[0].lo;
    lane_bits sum;
    sum.lo = half_dot(
        codes[0].lo, codes[last].lo, x[0].lo, x[last].lo, strips, start ? &low : 0, is_wide);
    sum.hi = half_dot(
        codes[0].hi, codes[last].hi, x[0].hi, x[last].hi, strips, start ? &high : 0, is_wide);
    return sum;
}

// The bytes of each quarter at `index`, zero where it is 128.
SLUICE_INLINE strip shuffle_quarters(strip bytes, const uint8_t index[16]) {
    const __m256i from = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)index));
    bytes.lo = (half_strip)_mm256_shuffle_epi8((__m256i)bytes.lo, from);
    bytes.hi = (half_strip)_mm256_shuffle_epi8((__m256i)bytes.hi, from);
    return bytes;
}

// table[q] of 64 codes below 16.
SLUICE_INLINE strip look_up_strip(const uint8_t *table, strip q) {
    const __m256i values =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
    q.lo = (half_strip)_mm256_shuffle_epi8(values, (__m256i)q.lo);
    q.hi = (half_strip)_mm256_shuffle_epi8(values, (__m256i)q.hi);
    return q;
}

// Four lanes' sums of eight vectors' halves, as fold_quarters has them.
SLUICE_INLINE eight_sums fold_small_halves(eight_sums a, eight_sums b, eight_sums c, eight_sums d) {
    const __m256i ones = _mm256_set1_epi16(1);
    const __m256i x = _mm256_madd_epi16(_mm256_packs_epi32((__m256i)a, (__m256i)b), ones);
    const __m256i y = _mm256_madd_epi16(_mm256_packs_epi32((__m256i)c, (__m256i)d), ones);
    return (eight_sums)_mm256_madd_epi16(_mm256_packs_epi32(x, y), ones);
}

// As fold_quarters, of sums that fit 16 bits as two together do.
SLUICE_INLINE lane_bits fold_small_quarters(const lane_bits a[4]) {
    lane_bits sum;
    sum.lo = fold_small_halves(a[0].lo, a[1].lo, a[2].lo, a[3].lo);
    sum.hi = fold_small_halves(a[0].hi, a[1].hi, a[2].hi, a[3].hi);
    return sum;
}
