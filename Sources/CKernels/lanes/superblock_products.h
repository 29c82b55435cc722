// Included by integer_products.h: a few tokens times the formats with blocks of 256. Bound: a block's main
// sum is at most 256 * 128 * 128 * 127 in magnitude, less than 2^30, the largest input of the sums below.

// The input's side of a block, in the order of its strips.
struct superblock_input {
    strip codes[STRIPS];
    strip starts[STRIPS];
    // By group, sixteen or eight of them.
    int16_t sums[PIECES];
    float scale;
};

SLUICE_INLINE void arrange_superblocks(
    const struct sluice_product *p, int64_t token, int64_t first, int64_t count, char *memory,
    const struct superblock_format *f) {
    const struct sluice_quantized_row x = sluice_quantized_row(&p->quantized, token);
    struct superblock_input *to = (void *)memory;
    const int strips = strips_per_group(f);
    for (int64_t b = first; b < first + count; b++, to++) {
        UNROLLED for (int s = 0; s < STRIPS; s++) {
            const int8_t *from[4];
            UNROLLED for (int q = 0; q < 4; q++) {
                from[q] = x.codes + SUPERBLOCK * b + PIECE * piece_at(f->order, s, q);
            }
            to->codes[s] = join_quarters(from[0], from[1], from[2], from[3]);
        }
        if (superblock_offset(f)) {
            UNROLLED for (int s = 0; s < STRIPS; s += strips) {
                to->starts[s] = dot_start(&to->codes[s], strips, superblock_offset(f));
            }
        }
        const int16_t *sums = x.sums + PIECES * b;
        UNROLLED for (int g = 0; f->has_mins && g < PIECES / strips; g++) {
            to->sums[g] = strips == 1 ? sums[g] : (int16_t)(sums[2 * g] + sums[2 * g + 1]);
        }
        to->scale = x.scales[b];
    }
}

// Double words that are the scales of row r and quarter q of strip `s` in lane 4r + q.
SLUICE_INLINE lane_bits scales_of_strip(
    const struct groups *groups, const struct superblock_format *f, const int s) {
    if (f->is_wide) return groups->scales[s / strips_per_group(f)];
    uint8_t index[16];
    UNROLLED for (int i = 0; i < 16; i++) {
        index[i] = (uint8_t)(i % 4 == 3 ? piece_at(f->order, s, i / 4) / strips_per_group(f) : 128);
    }
    return (lane_bits)shuffle_quarters(groups->bytes, index) >> 24;
}

// The sums over the groups of scale times dot, of four rows.
SLUICE_INLINE four_sums main_sums(
    const struct groups *groups, lane_bits dots[STRIPS][FEW_ROWS], const struct superblock_format *f) {
    const int strips = strips_per_group(f);
    lane_bits main = splat_bits(0);
    UNROLLED for (int s = 0; s < STRIPS; s += strips) {
        main += QUARTER_TRANSPOSED(scales_of_strip(groups, f, s)) * fold_quarters(dots[s]);
    }
    return add_quarters(main);
}

SLUICE_INLINE void continue_few_superblocks(
    const struct sluice_product *p, const struct weight_rows *rows, int64_t first, int64_t count,
    const char *memory, few_sums *sums, const struct superblock_format *f, const int tokens) {
    (void)p;
    const int strips = strips_per_group(f);
    const struct weight_rows from = *rows;
    for (int64_t i = 0; i < count; i++) {
        const int64_t b = first + i;
        prefetch_rows(&from, f->bytes * b, f->bytes);
        const char *blocks[FEW_ROWS];
        const struct superblock_input *input[2];
        UNROLLED for (int r = 0; r < FEW_ROWS; r++) blocks[r] = from.row[r] + f->bytes * b;
        UNROLLED for (int t = 0; t < tokens; t++) {
            input[t] = (const struct superblock_input *)(const void *)memory + t * count + i;
        }
        const struct groups groups = f->groups(blocks);
        lane_bits dots[2][STRIPS][FEW_ROWS];
        UNROLLED for (int r = 0; r < FEW_ROWS; r++) {
            strip codes[STRIPS];
            f->strips(blocks[r], codes);
            UNROLLED for (int t = 0; t < tokens; t++) {
                UNROLLED for (int s = 0; s < STRIPS; s += strips) {
                    const strip *start = superblock_offset(f) ? &input[t]->starts[s] : 0;
                    dots[t][s][r] = group_dot(codes + s, input[t]->codes + s, strips, start, f->is_wide);
                }
            }
        }
        const eight_floats scales = load_four_scales(blocks, f);
        UNROLLED for (int t = 0; t < tokens; t++) {
            const eight_floats d = scales * (eight_floats)(input[t]->scale);
            four_floats *at = &sums[t][b & (LANES - 1)];
            const four_floats whole = __builtin_convertvector(main_sums(&groups, dots[t], f), four_floats);
            four_floats sum = __builtin_elementwise_fma(whole, d.lo, *at);
            if (f->has_mins) {
                const four_sums offsets = -offset_sums(groups.mins, input[t]->sums, strips);
                const four_floats exact = __builtin_convertvector(offsets, four_floats);
                sum = __builtin_elementwise_fma(exact, d.hi, sum);
            }
            *at = sum;
        }
    }
}
