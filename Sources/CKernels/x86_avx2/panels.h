// Included inside the target region, after lanes/block_products.h: what panels of sixteen rows share in AVX2.
// A panel's register has four codes each of eight rows, a quad; two registers are its sixteen rows, and with
// four tokens they leave eight registers of sums in 16 bits beside two of weights, one of the input and one
// of products.

enum { HALVES = 2, HALF_ROWS = GROUP_ROWS / HALVES };

// How many quads' products of two codes each fit 16 bits as a sum: 8 of codes up to 15, 4 up to 31, 2 up to
// 63; 1 of wide ones.
SLUICE_INLINE int quads_per_sum(const int largest_code, const int most) {
    const int fitting = INT16_MAX / (2 * largest_code * 127);
    const int count = fitting >= 8 ? 8 : fitting >= 4 ? 4 : fitting >= 2 ? 2 : 1;
    return count < most ? count : most;
}

SLUICE_INLINE __m256i load_panel(const half_strip *from) { return _mm256_load_si256((const void *)from); }

SLUICE_INLINE void store_panel(half_strip *to, __m256i value) { _mm256_store_si256((void *)to, value); }

// The four bytes at `from` in every lane.
SLUICE_INLINE __m256i repeat_bits(const void *from) { return _mm256_set1_epi32(load_bits(from)); }

// Register k gets quarters k and 4 + k of four registers, side by side.
SLUICE_INLINE void transpose_quads(const __m256i a[4], __m256i to[4]) {
    const __m256i low_first = _mm256_unpacklo_epi32(a[0], a[1]);
    const __m256i low_last = _mm256_unpacklo_epi32(a[2], a[3]);
    const __m256i high_first = _mm256_unpackhi_epi32(a[0], a[1]);
    const __m256i high_last = _mm256_unpackhi_epi32(a[2], a[3]);
    to[0] = _mm256_unpacklo_epi64(low_first, low_last);
    to[1] = _mm256_unpackhi_epi64(low_first, low_last);
    to[2] = _mm256_unpacklo_epi64(high_first, high_last);
    to[3] = _mm256_unpackhi_epi64(high_first, high_last);
}

// Sixteen bytes each of eight rows: register k gets the rows' bytes 4k ... 4k + 3. Rows 4 ... 7 are loaded
// into the upper halves, so that nothing has to cross between halves later.
SLUICE_INLINE void transpose_sixteen(const char *const rows[HALF_ROWS], int64_t at, __m256i to[4]) {
    __m256i a[4];
    UNROLLED for (int r = 0; r < 4; r++) {
        a[r] = _mm256_loadu2_m128i((const void *)(rows[4 + r] + at), (const void *)(rows[r] + at));
    }
    transpose_quads(a, to);
}

// The products of `count` quads from `quads` with the inputs from `x`, added in 16 bits.
SLUICE_INLINE void multiply_quads(
    const half_strip (*quads)[HALVES], const int8_t *const x[], const int count, const bool is_wide,
    __m256i sums[HALVES][PANEL_TOKENS], const int tokens) {
    UNROLLED for (int q = 0; q < count; q++) {
        const half_strip weights[HALVES] = {quads[q][0], quads[q][1]};
        UNROLLED for (int t = 0; t < tokens; t++) {
            const half_strip codes = (half_strip)repeat_bits(x[t] + 4 * q);
            UNROLLED for (int h = 0; h < HALVES; h++) {
                const __m256i pairs = value_products(weights[h], codes, is_wide);
                sums[h][t] = q == 0 ? pairs : _mm256_add_epi16(sums[h][t], pairs);
            }
        }
    }
}

// Adds whole numbers, times the blocks' scales of a panel and an input, to sums.
SLUICE_INLINE lanes add_scaled_dots(__m256i low, __m256i high, lanes scales, float input, lanes sum) {
    lane_bits whole;
    whole.lo = (eight_sums)low;
    whole.hi = (eight_sums)high;
    return fused(__builtin_convertvector(whole, lanes), scales * input, sum);
}
