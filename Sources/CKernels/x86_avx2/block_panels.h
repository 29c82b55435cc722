// Included inside the target region, after panels.h: many tokens times the formats with blocks of 32, in
// AVX2; instead of lanes/block_panels.h. Products of several quads are added in 16 bits before pairs are
// added in 32.

enum { BLOCK_QUADS = BLOCK / 4, BLOCK_SUMS = BLOCK / SLUICE_SUM_ELEMENTS };

// Blocks of sixteen rows side by side; of wide codes their values.
struct block_panel {
    half_strip codes[BLOCK_QUADS][HALVES];
    lanes d, m;
};
_Static_assert(
    PANEL_SUMS * 4 + sizeof(struct block_panel) * PANEL_COLUMNS / BLOCK <= SLUICE_SCRATCH_ELEMENTS * 4,
    "scratch");

SLUICE_INLINE lanes load_scales_of(const char *const blocks[GROUP_ROWS], const struct block_format *f) {
    if (!f->has_exponents) return load_halves_of(blocks, 0);
    lane_bits exponents;
    UNROLLED for (int i = 0; i < GROUP_ROWS; i++) exponents[i] = (uint8_t)*blocks[i];
    return half_powers(exponents);
}

// Lays four blocks of four rows side by side, `row` being the first of them in the panel.
SLUICE_INLINE void pack_four_rows(
    const char *const rows[FEW_ROWS], int64_t used, struct block_panel *panel, int row,
    const struct block_format *f) {
    strip codes[FEW_ROWS][2];
    UNROLLED for (int r = 0; r < FEW_ROWS; r++) f->strips(rows[r], codes[r]);
    UNROLLED for (int half = 0; half < 2; half++) {
        // Blocks 2i and 2i + 1 are the halves of a register.
        UNROLLED for (int i = 0; i < 2; i++) {
            __m256i from[FEW_ROWS], turned[4];
            UNROLLED for (int r = 0; r < FEW_ROWS; r++) {
                const strip values = f->is_wide ? codes[r][half] ^ WIDE_BIAS : codes[r][half];
                from[r] = (__m256i)(i == 0 ? values.lo : values.hi);
            }
            transpose_quads(from, turned);
            UNROLLED for (int k = 0; k < 4; k++) {
                const int quad = half * 4 + k;
                struct block_panel *to = panel + 2 * i;
                const __m128i low = _mm256_castsi256_si128(turned[k]);
                const __m128i high = _mm256_extracti128_si256(turned[k], 1);
                if (2 * i < used) memcpy((int32_t *)to[0].codes[quad] + row, &low, sizeof low);
                if (2 * i + 1 < used) memcpy((int32_t *)to[1].codes[quad] + row, &high, sizeof high);
            }
        }
    }
}

SLUICE_INLINE void pack_blocks(
    const struct weight_rows *rows, int64_t first, int64_t count, char *memory,
    const struct block_format *f) {
    struct block_panel *panel = (void *)memory;
    for (int64_t b = 0; b < count; b += QUAD, panel += QUAD) {
        const int64_t used = smallest(QUAD, count - b);
        const int64_t offset = (first + b) * f->bytes;
        for (int r = 0; r < GROUP_ROWS; r += FEW_ROWS) {
            const char *from[FEW_ROWS];
            char last[FEW_ROWS][QUAD * LARGEST_BLOCK_BYTES];
            UNROLLED for (int i = 0; i < FEW_ROWS; i++) {
                from[i] = rows->row[r + i] + offset;
                if (used < QUAD) from[i] = memcpy(last[i], from[i], (size_t)(used * f->bytes));
            }
            pack_four_rows(from, used, panel, r, f);
        }
        for (int64_t i = 0; i < used; i++) {
            const char *from[GROUP_ROWS];
            UNROLLED for (int r = 0; r < GROUP_ROWS; r++) from[r] = rows->row[r] + offset + i * f->bytes;
            panel[i].d = load_scales_of(from, f);
            if (f->has_mins) panel[i].m = load_halves_of(from, M_BYTES);
        }
    }
}

SLUICE_INLINE void continue_blocks(
    const struct sluice_product *p, int64_t token, int64_t first, int64_t count, const char *memory,
    panel_sums *sums, const struct block_format *f, const int tokens) {
    const struct block_panel *panel = (const void *)memory;
    const int together = quads_per_sum(f->largest, BLOCK_QUADS);
    const __m256i ones = _mm256_set1_epi16(1);
    // The offset of both sums of a block.
    const __m256i offset = _mm256_set1_epi16((int16_t)-effective_offset(f));
    struct sluice_quantized_row x[PANEL_TOKENS];
    UNROLLED for (int t = 0; t < tokens; t++) {
        x[t] = sluice_quantized_row(&p->quantized, smallest(token + t, p->quantized.rows - 1));
    }
    for (int64_t b = first; b < first + count; b++, panel++) {
        __m256i dots[HALVES][PANEL_TOKENS], words[HALVES][PANEL_TOKENS];
        UNROLLED for (int q = 0; q < BLOCK_QUADS; q += together) {
            const int8_t *codes[PANEL_TOKENS];
            UNROLLED for (int t = 0; t < tokens; t++) codes[t] = x[t].codes + BLOCK * b + 4 * q;
            multiply_quads(panel->codes + q, codes, together, f->is_wide, words, tokens);
            UNROLLED for (int h = 0; h < HALVES; h++) {
                UNROLLED for (int t = 0; t < tokens; t++) {
                    const __m256i more = _mm256_madd_epi16(words[h][t], ones);
                    dots[h][t] = q == 0 ? more : _mm256_add_epi32(dots[h][t], more);
                }
            }
        }
        lanes *lane = (*sums)[b % LANES];
        UNROLLED for (int t = 0; t < tokens; t++) {
            if (effective_offset(f)) {
                const __m256i start = _mm256_madd_epi16(repeat_bits(x[t].sums + BLOCK_SUMS * b), offset);
                UNROLLED for (int h = 0; h < HALVES; h++) dots[h][t] = _mm256_add_epi32(dots[h][t], start);
            }
            lanes sum = b < LANES ? splat(0) : lane[t];
            sum = add_scaled_dots(dots[0][t], dots[1][t], panel->d, x[t].scales[b], sum);
            if (f->has_mins) {
                sum = fused(splat((float)input_sum(&x[t], b)), panel->m * x[t].scales[b], sum);
            }
            lane[t] = sum;
        }
    }
}
