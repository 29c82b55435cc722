// Included inside the target region, after superblock_products.h: many tokens times the formats with blocks
// of 256, in AVX2. Instead of lanes/superblock_panels.h: products of several quads are added in 16 bits
// before they are multiplied with their group's scale, as words, and added in 32 bits.

// Blocks of sixteen rows side by side: of every group the scale twice, as words; offsets and mins of two
// groups for two sums of the input.
struct superblock_panel {
    half_strip codes[SUPERBLOCK / 4][HALVES];
    half_strip scales[PIECES][HALVES];
    half_strip offsets[PIECES / 2][HALVES], mins[PIECES / 2][HALVES];
    lanes d, m;
};
_Static_assert(
    PANEL_SUMS * 4 + sizeof(struct superblock_panel) * PANEL_COLUMNS / SUPERBLOCK
        <= SLUICE_SCRATCH_ELEMENTS * 4,
    "scratch");

// Lays the codes of eight rows side by side. The chunks are turned before they become codes: there are fewer.
SLUICE_INLINE void pack_codes(
    const char *const blocks[HALF_ROWS], struct superblock_panel *panel, const int half,
    const struct superblock_format *f) {
    __m256i turned[MOST_CHUNKS][CHUNK / 4];
    UNROLLED for (int c = 0; c < f->chunks; c++) {
        transpose_sixteen(blocks, f->chunks_bytes + CHUNK * c, turned[c]);
        transpose_sixteen(blocks, f->chunks_bytes + CHUNK * c + PIECE, turned[c] + PIECE / 4);
    }
    for (int k = 0; k < CHUNK / 4; k++) {
        half_strip chunks[MOST_CHUNKS], codes[SPANS];
        UNROLLED for (int c = 0; c < f->chunks; c++) chunks[c] = (half_strip)turned[c][k];
        f->spans(chunks, codes);
        UNROLLED for (int i = 0; i < SPANS; i++) {
            const int first = piece_of_span(f, i, 0), second = piece_of_span(f, i, 1);
            panel->codes[PIECE / 4 * (k < 4 ? first : second) + k % 4][half] = codes[i];
        }
    }
}

// Writes what the groups of eight rows are multiplied with, of each row's scales in bytes and mins in words.
SLUICE_INLINE void pack_half_groups(
    const codes *bytes, const codes (*mins)[GROUP_ROWS], struct superblock_panel *panel, const int half,
    const struct superblock_format *f) {
    const int pieces = strips_per_group(f), groups = PIECES / pieces;
    const char *rows[HALF_ROWS];
    __m256i turned[4], scales[PIECES];
    UNROLLED for (int r = 0; r < HALF_ROWS; r++) rows[r] = (const char *)&bytes[HALF_ROWS * half + r];
    transpose_sixteen(rows, 0, turned);
    UNROLLED for (int g = 0; g < groups; g++) {
        // The byte in the upper halves of both words of its lane, moved down with its sign.
        const int byte = g % 4;
        const int words = 0x00800080 | byte << 8 | byte << 24;
        const __m256i lane = _mm256_broadcastsi128_si256(
            _mm_setr_epi32(0, 0x04000400, 0x08000800, 0x0c000c00));
        const __m256i index = _mm256_or_si256(lane, _mm256_set1_epi32(words));
        scales[g] = _mm256_srai_epi16(_mm256_shuffle_epi8(turned[g / 4], index), 8);
        store_panel(&panel->scales[g][half], scales[g]);
    }
    UNROLLED for (int g = 0; superblock_offset(f) && g < groups; g += 2) {
        const __m256i both = _mm256_blend_epi16(scales[g], scales[g + 1], 0xaa);
        const __m256i by = _mm256_set1_epi16((int16_t)-superblock_offset(f));
        store_panel(&panel->offsets[g / 2][half], _mm256_mullo_epi16(both, by));
    }
    UNROLLED for (int i = 0; f->has_mins && i < 2 / pieces; i++) {
        UNROLLED for (int r = 0; r < HALF_ROWS; r++) rows[r] = (const char *)&mins[i][HALF_ROWS * half + r];
        transpose_sixteen(rows, 0, turned);
        UNROLLED for (int k = 0; k < 4; k++) {
            const __m256i negative = _mm256_sub_epi16(_mm256_setzero_si256(), turned[k]);
            if (pieces == 1) {
                store_panel(&panel->mins[4 * i + k][half], negative);
            } else {
                const __m256i low = _mm256_blend_epi16(negative, _mm256_slli_epi32(negative, 16), 0xaa);
                const __m256i high = _mm256_blend_epi16(_mm256_srli_epi32(negative, 16), negative, 0xaa);
                store_panel(&panel->mins[2 * k][half], low);
                store_panel(&panel->mins[2 * k + 1][half], high);
            }
        }
    }
}

// The same of sixteen rows, whose groups are read four rows at a time.
SLUICE_INLINE void pack_groups(
    const char *const blocks[GROUP_ROWS], struct superblock_panel *panel, const struct superblock_format *f) {
    codes bytes[GROUP_ROWS], mins[2][GROUP_ROWS];
    for (int r = 0; r < GROUP_ROWS; r += FEW_ROWS) {
        const struct groups groups = f->groups(blocks + r);
        memcpy(&bytes[r], &groups.bytes, sizeof groups.bytes);
        UNROLLED for (int i = 0; f->has_mins && i < 2 / strips_per_group(f); i++) {
            memcpy(&mins[i][r], &groups.mins[i], sizeof groups.mins[i]);
        }
    }
    UNROLLED for (int h = 0; h < HALVES; h++) pack_half_groups(bytes, mins, panel, h, f);
}

SLUICE_INLINE void pack_superblocks(
    const struct weight_rows *rows, int64_t first, int64_t count, char *memory,
    const struct superblock_format *f) {
    struct superblock_panel *panel = (void *)memory;
    for (int64_t b = first; b < first + count; b++, panel++) {
        const char *blocks[GROUP_ROWS];
        for (int r = 0; r < GROUP_ROWS; r++) blocks[r] = rows->row[r] + f->bytes * b;
        UNROLLED for (int h = 0; h < HALVES; h++) pack_codes(blocks + HALF_ROWS * h, panel, h, f);
        pack_groups(blocks, panel, f);
        panel->d = load_halves_of(blocks, f->d_bytes);
        if (f->has_mins) panel->m = load_halves_of(blocks, f->m_bytes);
    }
}

// The products of pairs of groups with pairs of the inputs' sums.
SLUICE_INLINE void multiply_pairs(
    __m256i dots[HALVES][PANEL_TOKENS], const half_strip (*pairs)[HALVES], const int16_t *const sums[],
    const int tokens) {
    UNROLLED for (int t = 0; t < tokens; t++) dots[0][t] = dots[1][t] = _mm256_setzero_si256();
    UNROLLED for (int g = 0; g < PIECES; g += 2) {
        UNROLLED for (int t = 0; t < tokens; t++) {
            const __m256i two = repeat_bits(sums[t] + g);
            UNROLLED for (int h = 0; h < HALVES; h++) {
                const __m256i products = _mm256_madd_epi16(load_panel(&pairs[g / 2][h]), two);
                dots[h][t] = _mm256_add_epi32(dots[h][t], products);
            }
        }
    }
}

SLUICE_INLINE void continue_superblocks(
    const struct sluice_product *p, int64_t token, int64_t first, int64_t count, const char *memory,
    panel_sums *sums, const struct superblock_format *f, const int tokens) {
    const struct superblock_panel *panel = (const void *)memory;
    const int quads = f->group_elements / 4, together = quads_per_sum(f->largest, f->group_elements / 4);
    struct sluice_quantized_row x[PANEL_TOKENS];
    UNROLLED for (int t = 0; t < tokens; t++) {
        x[t] = sluice_quantized_row(&p->quantized, smallest(token + t, p->quantized.rows - 1));
    }
    for (int64_t b = first; b < first + count; b++, panel++) {
        const int8_t *codes[PANEL_TOKENS];
        const int16_t *input_sums[PANEL_TOKENS];
        UNROLLED for (int t = 0; t < tokens; t++) {
            codes[t] = x[t].codes + SUPERBLOCK * b;
            input_sums[t] = x[t].sums + PIECES * b;
        }
        __m256i dots[HALVES][PANEL_TOKENS], words[HALVES][PANEL_TOKENS];
        if (superblock_offset(f)) multiply_pairs(dots, panel->offsets, input_sums, tokens);
        else UNROLLED for (int t = 0; t < tokens; t++) dots[0][t] = dots[1][t] = _mm256_setzero_si256();
        for (int group = 0; group < SUPERBLOCK / 4 / quads; group++) {
            UNROLLED for (int q = 0; q < quads; q += together) {
                multiply_quads(panel->codes + group * quads + q, codes, together, f->is_wide, words, tokens);
                UNROLLED for (int t = 0; t < tokens; t++) codes[t] += 4 * together;
                UNROLLED for (int h = 0; h < HALVES; h++) {
                    const __m256i scales = load_panel(&panel->scales[group][h]);
                    UNROLLED for (int t = 0; t < tokens; t++) {
                        dots[h][t] = _mm256_add_epi32(dots[h][t], _mm256_madd_epi16(words[h][t], scales));
                    }
                }
            }
        }
        lanes *lane = (*sums)[b % LANES];
        UNROLLED for (int t = 0; t < tokens; t++) {
            const lanes sum = b < LANES ? splat(0) : lane[t];
            lane[t] = add_scaled_dots(dots[0][t], dots[1][t], panel->d, x[t].scales[b], sum);
        }
        if (f->has_mins) {
            multiply_pairs(dots, panel->mins, input_sums, tokens);
            UNROLLED for (int t = 0; t < tokens; t++) {
                lane[t] = add_scaled_dots(dots[0][t], dots[1][t], panel->m, x[t].scales[b], lane[t]);
            }
        }
    }
}
