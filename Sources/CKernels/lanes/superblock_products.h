// Included by integer_products.h: the formats with blocks of 256. Bound: a block's main sum is at most
// 256 * 128 * 128 * 127 in magnitude, less than 2^30, the largest input of the sums below.

struct groups {
    // By group of 16.
    signed_codes scales, mins;
};

struct superblock_format {
    // Codes 64 * part ... 64 * part + 63.
    strip (*strip)(const void *block, int part);
    struct groups (*groups)(const void *block);
    int bytes;
    // Where the halves of the block's scale and of its mins' scale lie.
    int d_bytes, m_bytes;
    int group_elements;
    int offset;
    bool is_wide, has_mins;
};

enum { SUPERBLOCK = 256, STRIPS = SUPERBLOCK / 64, GROUPS = SUPERBLOCK / SLUICE_SUM_ELEMENTS };

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

// Eight groups of 32 with their scales in the first half of `packed` and their mins in the second.
SLUICE_INLINE struct groups groups_of_32(codes packed) {
    return (struct groups){
        (signed_codes)__builtin_shufflevector(
            packed, packed, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7),
        (signed_codes)__builtin_shufflevector(
            packed, packed, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15)};
}

SLUICE_INLINE words words_of(signed_codes values) { return __builtin_convertvector(values, words); }

// Formats with mins have scales without a sign; knowing it saves masks.
SLUICE_INLINE lane_bits lanes_of_scales(struct groups groups, const struct superblock_format *f) {
    if (f->has_mins) return __builtin_convertvector((codes)groups.scales, lane_bits);
    return __builtin_convertvector(groups.scales, lane_bits);
}

SLUICE_INLINE int16_t superblock_offset(const struct superblock_format *f) {
    return (int16_t)(f->offset - (f->is_wide ? WIDE_BIAS : 0));
}

// Scales of the four groups of part `part`, each for four lanes.
SLUICE_INLINE lane_bits scales_of_part(lane_bits scales, const int part) {
    switch (part) {
    case 0: return __builtin_shufflevector(scales, scales, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
    case 1: return __builtin_shufflevector(scales, scales, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7);
    case 2:
        return __builtin_shufflevector(
            scales, scales, 8, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 10, 11, 11, 11, 11);
    default:
        return __builtin_shufflevector(
            scales, scales, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 15);
    }
}

// The scales of four blocks, and those of their mins, which lie behind them.
SLUICE_INLINE eight_floats load_four_scales(
    const char *const blocks[FEW_ROWS], const struct superblock_format *f) {
    uint32_t pairs[LANES / 2] = {0};
    UNROLLED for (int r = 0; r < FEW_ROWS; r++) {
        if (f->has_mins) memcpy(&pairs[r], blocks[r] + f->d_bytes, sizeof pairs[r]);
        else memcpy(&pairs[r], blocks[r] + f->d_bytes, sizeof(uint16_t));
    }
    const eight_floats scales = load_half_lanes(pairs).lo;
    return __builtin_shufflevector(scales, scales, 0, 2, 4, 6, 1, 3, 5, 7);
}

SLUICE_INLINE four_floats multiply_few_superblocks(
    const struct sluice_product *p, const struct weight_rows *rows, int64_t token,
    const struct superblock_format *f) {
    const struct sluice_quantized_row x = sluice_quantized_row(&p->quantized, token);
    four_floats sums[LANES];
    memset(sums, 0, sizeof sums);
    for (int64_t b = 0; b < p->columns / SUPERBLOCK; b++) {
        prefetch_rows(rows, f->bytes * b, f->bytes);
        const words input = *(const unaligned_words *)(x.sums + GROUPS * b);
        const char *blocks[FEW_ROWS];
        lane_bits dots[FEW_ROWS];
        UNROLLED for (int r = 0; r < FEW_ROWS; r++) {
            blocks[r] = rows->row[r] + f->bytes * b;
            const struct groups groups = f->groups(blocks[r]);
            const lane_bits scales = scale_factors(lanes_of_scales(groups, f), f->is_wide);
            lane_bits main = splat_bits(0);
            UNROLLED for (int part = 0; part < STRIPS; part++) {
                const strip codes = load_strip(x.codes + SUPERBLOCK * b + 64 * part);
                main = scaled_dot(
                    main, f->strip(blocks[r], part), codes, scales_of_part(scales, part), f->is_wide);
            }
            // Main sums in the lower half, offset sums in the upper.
            dots[r].lo = main.lo + main.hi;
            dots[r].hi = (eight_sums)(0);
            if (superblock_offset(f)) {
                dots[r].lo -= pair_products(words_of(groups.scales) * superblock_offset(f), input);
            }
            if (f->has_mins) dots[r].hi = pair_products(words_of(groups.mins), input);
        }
        const eight_sums whole = fold_halves(dots);
        const eight_floats scales = load_four_scales(blocks, f) * (eight_floats)(x.scales[b]);
        four_floats *sum = &sums[b % LANES];
        *sum = __builtin_elementwise_fma(__builtin_convertvector(whole.lo, four_floats), scales.lo, *sum);
        if (f->has_mins) {
            const four_floats offsets = __builtin_convertvector(-whole.hi, four_floats);
            *sum = __builtin_elementwise_fma(offsets, scales.hi, *sum);
        }
    }
    return FOLDED(four_floats, sums);
}

SLUICE_INLINE void pack_superblocks(
    const struct weight_rows *rows, int64_t first, int64_t count, char *memory,
    const struct superblock_format *f) {
    struct superblock_panel *panel = (void *)memory;
    for (int64_t b = first; b < first + count; b++, panel++) {
        const char *blocks[GROUP_ROWS];
        lane_bits columns[GROUP_ROWS], scales[GROUP_ROWS], pairs[GROUP_ROWS];
        for (int r = 0; r < GROUP_ROWS; r++) {
            blocks[r] = rows->row[r] + f->bytes * b;
            const struct groups groups = f->groups(blocks[r]);
            scales[r] = __builtin_convertvector(groups.scales, lane_bits);
            pairs[r].lo = (eight_sums)(words_of(groups.scales) * (int16_t)-superblock_offset(f));
            pairs[r].hi = (eight_sums)-words_of(groups.mins);
        }
        transpose(scales);
        memcpy(panel->scales, scales, sizeof scales);
        if (superblock_offset(f) || f->has_mins) {
            transpose(pairs);
            memcpy(panel->offsets, pairs, sizeof panel->offsets);
            memcpy(panel->mins, pairs + GROUPS / 2, sizeof panel->mins);
        }
        UNROLLED for (int part = 0; part < STRIPS; part++) {
            UNROLLED for (int r = 0; r < GROUP_ROWS; r++) columns[r] = (lane_bits)f->strip(blocks[r], part);
            transpose(columns);
            memcpy(panel->codes + part * GROUP_ROWS, columns, sizeof columns);
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
