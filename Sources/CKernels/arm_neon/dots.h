// Products of unsigned by signed bytes by the dot product of NEON, which takes signed bytes on both sides.
// Included inside the target region.

// Sixteen rows take four registers per token: with eight tokens the sums alone would fill all 32.
// The sums of one quad take four as well.
enum { PANEL_TOKENS = 4, HELD_QUADS = 1 };

// What a wide code counts less than its bits say: it becomes signed. A narrow one is signed as it is.
enum { WIDE_BIAS = 128 };

// Four lanes gain the products of sixteen bytes.
SLUICE_INLINE int32x4_t dot_quarter(int32x4_t sum, codes values, codes x, bool is_wide) {
    if (is_wide) values ^= 0x80;
    return vdotq_s32(sum, (int8x16_t)values, (int8x16_t)x);
}

// Lane i gains the product of bytes 4i ... 4i + 3. Exact: no step saturates.
SLUICE_INLINE lane_bits dot(lane_bits sum, strip codes, strip x, bool is_wide) {
    sum.lo.lo = dot_quarter(sum.lo.lo, codes.lo.lo, x.lo.lo, is_wide);
    sum.lo.hi = dot_quarter(sum.lo.hi, codes.lo.hi, x.lo.hi, is_wide);
    sum.hi.lo = dot_quarter(sum.hi.lo, codes.hi.lo, x.hi.lo, is_wide);
    sum.hi.hi = dot_quarter(sum.hi.hi, codes.hi.hi, x.hi.hi, is_wide);
    return sum;
}

// Eight lanes of `dot_words`. Even and odd words apart: of weights that many tokens share this is done once,
// as it is of an input that is the same in every lane, and no pair is left to be added.
SLUICE_INLINE eight_sums add_word_products(eight_sums sum, eight_sums a, eight_sums b) {
    const int16x8_t a_even = vuzp1q_s16((int16x8_t)a.lo, (int16x8_t)a.hi);
    const int16x8_t b_even = vuzp1q_s16((int16x8_t)b.lo, (int16x8_t)b.hi);
    const int16x8_t a_odd = vuzp2q_s16((int16x8_t)a.lo, (int16x8_t)a.hi);
    const int16x8_t b_odd = vuzp2q_s16((int16x8_t)b.lo, (int16x8_t)b.hi);
    sum.lo = vmlal_s16(sum.lo, vget_low_s16(a_even), vget_low_s16(b_even));
    sum.lo = vmlal_s16(sum.lo, vget_low_s16(a_odd), vget_low_s16(b_odd));
    sum.hi = vmlal_high_s16(sum.hi, a_even, b_even);
    sum.hi = vmlal_high_s16(sum.hi, a_odd, b_odd);
    return sum;
}

// Lane i gains the products of the 16-bit integers 2i and 2i + 1.
SLUICE_INLINE lane_bits dot_words(lane_bits sum, lane_bits a, lane_bits b) {
    sum.lo = add_word_products(sum.lo, a.lo, b.lo);
    sum.hi = add_word_products(sum.hi, a.hi, b.hi);
    return sum;
}

// Lane i has the product of bytes 4i ... 4i + 3 of one or two strips.
SLUICE_INLINE lane_bits group_dot(
    const strip *codes, const strip *x, const int strips, const strip *start, const bool is_wide) {
    lane_bits sum = start ? (lane_bits)*start : (lane_bits)(0);
    UNROLLED for (int s = 0; s < strips; s++) sum = dot(sum, codes[s], x[s], is_wide);
    return sum;
}

// What the dots of an input with codes `offset` above their values start from.
SLUICE_INLINE strip dot_start(const strip *x, const int strips, const int offset) {
    const strip above = (strip)(uint8_t)offset;
    lane_bits sum = (lane_bits)(0);
    UNROLLED for (int s = 0; s < strips; s++) sum = dot(sum, above, x[s], false);
    return (strip)-sum;
}

// The bytes of each quarter at `index`, zero where it is 128.
SLUICE_INLINE strip shuffle_quarters(strip bytes, const uint8_t index[16]) {
    const uint8x16_t from = vld1q_u8(index);
    bytes.lo.lo = vqtbl1q_u8(bytes.lo.lo, from);
    bytes.lo.hi = vqtbl1q_u8(bytes.lo.hi, from);
    bytes.hi.lo = vqtbl1q_u8(bytes.hi.lo, from);
    bytes.hi.hi = vqtbl1q_u8(bytes.hi.hi, from);
    return bytes;
}

// table[q] of 64 codes below 16.
SLUICE_INLINE strip look_up_strip(const uint8_t *table, strip q) {
    const uint8x16_t values = vld1q_u8(table);
    q.lo.lo = vqtbl1q_u8(values, q.lo.lo);
    q.lo.hi = vqtbl1q_u8(values, q.lo.hi);
    q.hi.lo = vqtbl1q_u8(values, q.hi.lo);
    q.hi.hi = vqtbl1q_u8(values, q.hi.hi);
    return q;
}

// As fold_quarters, of sums that fit 16 bits as two together do.
SLUICE_INLINE lane_bits fold_small_quarters(const lane_bits a[4]) { return fold_quarters(a); }
