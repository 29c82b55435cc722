// Included by integer_products.h: many tokens times the formats with blocks of 32.

enum { BLOCK_QUADS = BLOCK / 4, BLOCK_SUMS = BLOCK / SLUICE_SUM_ELEMENTS };

// Blocks of sixteen rows side by side: strip q has codes 4q ... 4q + 3 of every row.
struct block_panel {
    strip codes[BLOCK_QUADS];
    lanes d, m;
};
_Static_assert(
    PANEL_SUMS * 4 + sizeof(struct block_panel) * PANEL_COLUMNS / BLOCK <= SLUICE_SCRATCH_ELEMENTS * 4,
    "scratch");

SLUICE_INLINE lanes load_scales_of(const char *const blocks[GROUP_ROWS], const struct block_format *f) {
    if (!f->has_exponents) return load_halves_of(blocks, 0);
    float powers[GROUP_ROWS];
    UNROLLED for (int i = 0; i < GROUP_ROWS; i++) powers[i] = sluice_half_power((uint8_t)*blocks[i]);
    return load(powers);
}

SLUICE_INLINE void pack_blocks(
    const struct weight_rows *rows, int64_t first, int64_t count, char *memory,
    const struct block_format *f) {
    struct block_panel *panel = (void *)memory;
    for (int64_t b = 0; b < count; b += QUAD) {
        const int64_t used = smallest(QUAD, count - b);
        lane_bits codes[2][GROUP_ROWS];
        for (int r = 0; r < GROUP_ROWS; r++) {
            const char *blocks = rows->row[r] + (first + b) * f->bytes;
            char last[QUAD * LARGEST_BLOCK_BYTES];
            if (used < QUAD) blocks = memcpy(last, blocks, used * f->bytes);
            strip halves[2];
            f->strips(blocks, halves);
            codes[0][r] = (lane_bits)halves[0];
            codes[1][r] = (lane_bits)halves[1];
        }
        for (int half = 0; half < 2; half++) {
            transpose(codes[half]);
            for (int64_t i = 0; i < used; i++) {
                memcpy(&panel[b + i].codes[half * QUAD], &codes[half][QUAD * i], sizeof(strip) * QUAD);
            }
        }
        for (int64_t i = 0; i < used; i++) {
            const char *from[GROUP_ROWS];
            UNROLLED for (int r = 0; r < GROUP_ROWS; r++) from[r] = rows->row[r] + (first + b + i) * f->bytes;
            panel[b + i].d = load_scales_of(from, f);
            if (f->has_mins) panel[b + i].m = load_halves_of(from, M_BYTES);
        }
    }
}

SLUICE_INLINE void continue_blocks(
    const struct sluice_product *p, int64_t token, int64_t first, int64_t count, const char *memory,
    panel_sums *sums, const struct block_format *f, const int tokens) {
    const struct block_panel *panel = (const void *)memory;
    struct sluice_quantized_row x[PANEL_TOKENS];
    UNROLLED for (int t = 0; t < tokens; t++) {
        x[t] = sluice_quantized_row(&p->quantized, smallest(token + t, p->quantized.rows - 1));
    }
    // The offset of both sums of a block.
    const lane_bits offsets = splat_bits((-effective_offset(f) & 0xffff) * 0x10001);
    for (int64_t b = first; b < first + count; b++, panel++) {
        lane_bits dots[PANEL_TOKENS];
        UNROLLED for (int t = 0; t < tokens; t++) {
            dots[t] = splat_bits(0);
            if (effective_offset(f)) {
                dots[t] = dot_words(dots[t], offsets, splat_bits(load_bits(x[t].sums + BLOCK_SUMS * b)));
            }
        }
        UNROLLED for (int q = 0; q < BLOCK_QUADS; q++) {
            const strip weights = panel->codes[q];
            UNROLLED for (int t = 0; t < tokens; t++) {
                const strip codes = (strip)splat_bits(load_bits(x[t].codes + BLOCK * b + 4 * q));
                dots[t] = dot(dots[t], weights, codes, f->is_wide);
            }
        }
        lanes *lane = (*sums)[b % LANES];
        UNROLLED for (int t = 0; t < tokens; t++) {
            const lanes dx = splat(x[t].scales[b]);
            lanes sum = b < LANES ? splat(0) : lane[t];
            sum = fused(__builtin_convertvector(dots[t], lanes), panel->d * dx, sum);
            if (f->has_mins) sum = fused(splat((float)input_sum(&x[t], b)), panel->m * dx, sum);
            lane[t] = sum;
        }
    }
}
