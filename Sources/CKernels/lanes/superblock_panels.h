// Included by integer_products.h: many tokens times the formats with blocks of 256.

enum { GROUPS = SUPERBLOCK / SLUICE_SUM_ELEMENTS };

// Blocks of sixteen rows side by side: strip q has codes 4q ... 4q + 3 of every row; scales[g] those of group
// g; offsets and mins hold two groups per row, for two sums of the input at a time.
struct superblock_panel {
    strip codes[SUPERBLOCK / 4];
    lane_bits scales[GROUPS];
    lane_bits offsets[GROUPS / 2], mins[GROUPS / 2];
    lanes d, m;
};
_Static_assert(
    PANEL_SUMS * 4 + sizeof(struct superblock_panel) * PANEL_COLUMNS / SUPERBLOCK
        <= SLUICE_SCRATCH_ELEMENTS * 4,
    "scratch");

// Lane 4r + i of four vectors, for sixteen rows: a[i][4v + r].
SLUICE_INLINE void transpose_quarters(lane_bits a[4]) {
    lane_bits b[4];
    UNROLLED for (int v = 0; v < 4; v++) b[v] = QUARTER_TRANSPOSED(a[v]);
    const lane_bits low_even = EVERY_OTHER_QUARTER(b[0], b[1], 0);
    const lane_bits low_odd = EVERY_OTHER_QUARTER(b[0], b[1], 4);
    const lane_bits high_even = EVERY_OTHER_QUARTER(b[2], b[3], 0);
    const lane_bits high_odd = EVERY_OTHER_QUARTER(b[2], b[3], 4);
    a[0] = EVERY_OTHER_QUARTER(low_even, high_even, 0);
    a[1] = EVERY_OTHER_QUARTER(low_odd, high_odd, 0);
    a[2] = EVERY_OTHER_QUARTER(low_even, high_even, 4);
    a[3] = EVERY_OTHER_QUARTER(low_odd, high_odd, 4);
}

// Writes what the groups of sixteen rows are multiplied with.
SLUICE_INLINE void pack_groups(
    const char *const blocks[GROUP_ROWS], struct superblock_panel *panel, const struct superblock_format *f) {
    struct groups groups[GROUP_ROWS / FEW_ROWS];
    UNROLLED for (int v = 0; v < GROUP_ROWS / FEW_ROWS; v++) groups[v] = f->groups(blocks + FEW_ROWS * v);
    const int strips = strips_per_group(f);
    UNROLLED for (int s = 0; s < STRIPS / strips; s++) {
        lane_bits scales[4];
        UNROLLED for (int v = 0; v < 4; v++) scales[v] = scales_of_strip(&groups[v], f, strips * s);
        transpose_quarters(scales);
        UNROLLED for (int q = 0; q < 4; q++) {
            // The group's pieces follow each other.
            const int piece = piece_at(f->order, s * strips, q);
            UNROLLED for (int i = 0; i < strips; i++) panel->scales[piece + i] = scales[q];
        }
    }
    UNROLLED for (int g = 0; superblock_offset(f) && g < GROUPS; g += 2) {
        const lane_bits low = panel->scales[g] * -superblock_offset(f);
        const lane_bits high = panel->scales[g + 1] * -superblock_offset(f);
        panel->offsets[g / 2] = (low & 0xffff) | high << 16;
    }
    UNROLLED for (int i = 0; f->has_mins && i < 2 / strips; i++) {
        lane_bits mins[4];
        UNROLLED for (int v = 0; v < 4; v++) mins[v] = (lane_bits)-groups[v].mins[i];
        transpose_quarters(mins);
        UNROLLED for (int k = 0; k < 4; k++) {
            if (strips == 1) {
                panel->mins[4 * i + k] = mins[k];
            } else {
                panel->mins[2 * k] = (mins[k] & 0xffff) | mins[k] << 16;
                panel->mins[2 * k + 1] = mins[k] >> 16 << 16 | (mins[k] >> 16 & 0xffff);
            }
        }
    }
}

SLUICE_INLINE void pack_superblocks(
    const struct weight_rows *rows, int64_t first, int64_t count, char *memory,
    const struct superblock_format *f) {
    struct superblock_panel *panel = (void *)memory;
    for (int64_t b = first; b < first + count; b++, panel++) {
        const char *blocks[GROUP_ROWS];
        lane_bits columns[STRIPS][GROUP_ROWS];
        for (int r = 0; r < GROUP_ROWS; r++) {
            blocks[r] = rows->row[r] + f->bytes * b;
            strip codes[STRIPS];
            f->strips(blocks[r], codes);
            UNROLLED for (int s = 0; s < STRIPS; s++) columns[s][r] = (lane_bits)codes[s];
        }
        pack_groups(blocks, panel, f);
        UNROLLED for (int s = 0; s < STRIPS; s++) {
            transpose(columns[s]);
            UNROLLED for (int q = 0; q < 4; q++) {
                memcpy(panel->codes + 4 * piece_at(f->order, s, q), &columns[s][4 * q], 4 * sizeof(strip));
            }
        }
        panel->d = load_halves_of(blocks, f->d_bytes);
        if (f->has_mins) panel->m = load_halves_of(blocks, f->m_bytes);
    }
}

// Adds the products of pairs of groups with pairs of the inputs' sums.
SLUICE_INLINE void add_pairs(
    lane_bits *dots, const lane_bits *pairs, const struct sluice_quantized_row *x, int64_t b,
    const int tokens) {
    UNROLLED for (int g = 0; g < GROUPS / 2; g++) {
        UNROLLED for (int t = 0; t < tokens; t++) {
            const lane_bits sums = splat_bits(load_bits(x[t].sums + GROUPS * b + 2 * g));
            dots[t] = dot_words(dots[t], pairs[g], sums);
        }
    }
}

SLUICE_INLINE void continue_superblocks(
    const struct sluice_product *p, int64_t token, int64_t first, int64_t count, const char *memory,
    panel_sums *sums, const struct superblock_format *f, const int tokens) {
    const struct superblock_panel *panel = (const void *)memory;
    const int quads = f->group_elements / 4;
    struct sluice_quantized_row x[PANEL_TOKENS];
    UNROLLED for (int t = 0; t < tokens; t++) {
        x[t] = sluice_quantized_row(&p->quantized, smallest(token + t, p->quantized.rows - 1));
    }
    for (int64_t b = first; b < first + count; b++, panel++) {
        lane_bits main[PANEL_TOKENS], dots[PANEL_TOKENS];
        UNROLLED for (int t = 0; t < tokens; t++) main[t] = splat_bits(0);
        if (superblock_offset(f)) add_pairs(main, panel->offsets, x, b, tokens);
        for (int group = 0; group < SUPERBLOCK / 4 / quads; group++) {
            UNROLLED for (int t = 0; t < tokens; t++) dots[t] = splat_bits(0);
            UNROLLED for (int q = 0; q < quads; q++) {
                const int quad = group * quads + q;
                const strip weights = panel->codes[quad];
                UNROLLED for (int t = 0; t < tokens; t++) {
                    const strip codes = (strip)splat_bits(load_bits(x[t].codes + SUPERBLOCK * b + 4 * quad));
                    dots[t] = dot(dots[t], weights, codes, f->is_wide);
                }
            }
            const lane_bits scales = panel->scales[group * quads / 4];
            UNROLLED for (int t = 0; t < tokens; t++) main[t] += scales * dots[t];
        }
        lanes *lane = (*sums)[b % LANES];
        UNROLLED for (int t = 0; t < tokens; t++) {
            const lanes sum = b < LANES ? splat(0) : lane[t];
            const lanes d = panel->d * x[t].scales[b];
            lane[t] = fused(__builtin_convertvector(main[t], lanes), d, sum);
        }
        if (f->has_mins) {
            UNROLLED for (int t = 0; t < tokens; t++) dots[t] = splat_bits(0);
            add_pairs(dots, panel->mins, x, b, tokens);
            UNROLLED for (int t = 0; t < tokens; t++) {
                const lanes m = panel->m * x[t].scales[b];
                lane[t] = fused(__builtin_convertvector(dots[t], lanes), m, lane[t]);
            }
        }
    }
}
