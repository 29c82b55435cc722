// Included by integer_products.h: a few tokens times the formats with blocks of 256. Bound: a block's main
// sum is at most 256 * 128 * 128 * 127 in magnitude, less than 2^30, the largest input of the sums below.

// How the sixteen pieces of sixteen codes lie in four strips of four.
enum piece_order {
    // Strip s has pieces 2s, 2s + 1, 8 + 2s, 9 + 2s: sixteen groups of 16.
    PIECES_BY_HALVES,
    // Strip s has pieces s, 4 + s, 8 + s, 12 + s: the even groups of 32 and then the odd ones.
    PIECES_BY_FOURTHS,
    // Strips 0 and 1 have the even and the odd pieces of the first half, 2 and 3 those of the second: groups
    // of 32 in their order.
    PIECES_IN_TURN,
};

// What the groups of four rows' blocks are multiplied with.
struct groups {
    // Signed bytes in the order of the groups, those of row r in quarter r; not of wide codes.
    strip bytes;
    // Of wide codes: lane 4r + q of scales[s] belongs to row r and quarter q of strips 2s and 2s + 1.
    lane_bits scales[2];
    // Mins in the order of the groups, eight words of row r in quarter r.
    signed_strip_words mins[2];
};

struct superblock_format {
    void (*strips)(const void *block, strip codes[4]);
    struct groups (*groups)(const char *const blocks[FEW_ROWS]);
    int bytes;
    // Where the halves of the block's scale and of its mins' scale lie.
    int d_bytes, m_bytes;
    int group_elements;
    int offset;
    enum piece_order order;
    // Wide codes have groups of 32.
    bool is_wide, has_mins;
};

// Words that are the bytes of each quarter at `index`, zero where it is 128.
SLUICE_INLINE strip_words words_at(strip bytes, const uint8_t index[16]) {
    return (strip_words)shuffle_quarters(bytes, index);
}

static const uint8_t words_in_order[2][16] = {
    {0, 128, 1, 128, 2, 128, 3, 128, 4, 128, 5, 128, 6, 128, 7, 128},
    {8, 128, 9, 128, 10, 128, 11, 128, 12, 128, 13, 128, 14, 128, 15, 128}};

// Sixteen bytes of each of four blocks.
SLUICE_INLINE strip load_headers(const char *const blocks[FEW_ROWS], size_t bytes) {
    return join_quarters(blocks[0] + bytes, blocks[1] + bytes, blocks[2] + bytes, blocks[3] + bytes);
}

// Scales and mins of Q4_K and Q5_K blocks, whose twelve bytes lie behind the two halves.
SLUICE_INLINE struct groups groups_of_scales_and_mins(const char *const blocks[FEW_ROWS]) {
    const lane_bits header = (lane_bits)load_headers(blocks, 0);
    const strip first = (strip)__builtin_shufflevector(
        header, header, 1, 1, 2, 2, 5, 5, 6, 6, 9, 9, 10, 10, 13, 13, 14, 14);
    const strip third = (strip)__builtin_shufflevector(
        header, header, 3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15);
    const uint32_t six = 0x3f3f3f3f, two = 0x30303030, four = 0x0f0f0f0f;
    const strip_double_words first_mask = {
        six, two, six, two, six, two, six, two, six, two, six, two, six, two, six, two};
    const strip_double_words third_mask = {
        0, four, 0, four, 0, four, 0, four, 0, four, 0, four, 0, four, 0, four};
    // Scales of groups 0 ... 7 in the first half of each quarter, then mins.
    const strip packed = (shift_in_quarters(first, 0, 2, 0, 2) & (strip)first_mask)
        | (shift_in_quarters(third, 0, 0, 0, 4) & (strip)third_mask);
    return (struct groups){
        .bytes = packed, .mins = {(signed_strip_words)words_at(packed, words_in_order[1])}};
}

enum { SUPERBLOCK = 256, STRIPS = SUPERBLOCK / 64, PIECE = 16, PIECES = SUPERBLOCK / PIECE };

// The input's side of a block, in the order of its strips.
struct superblock_input {
    strip codes[STRIPS];
    strip starts[STRIPS];
    // By group, sixteen or eight of them.
    int16_t sums[PIECES];
    float scale;
};

SLUICE_INLINE int piece_at(enum piece_order order, int strip, int quarter) {
    switch (order) {
    case PIECES_BY_HALVES: return quarter / 2 * 8 + 2 * strip + quarter % 2;
    case PIECES_BY_FOURTHS: return 4 * quarter + strip;
    case PIECES_IN_TURN: return strip / 2 * 8 + 2 * quarter + strip % 2;
    }
}

SLUICE_INLINE int superblock_offset(const struct superblock_format *f) {
    return f->offset - (f->is_wide ? WIDE_BIAS : 0);
}

SLUICE_INLINE int strips_per_group(const struct superblock_format *f) { return f->group_elements / PIECE; }

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

// The sums over the groups of min times input, of four rows.
SLUICE_INLINE four_sums offset_sums(
    const struct groups *groups, const struct superblock_input *input, const int strips) {
    const lane_bits low = (lane_bits)repeat_quarter(load_codes(input->sums));
    const lane_bits high = (lane_bits)repeat_quarter(load_codes(input->sums + PIECES / 2));
    lane_bits sum = dot_words(splat_bits(0), (lane_bits)groups->mins[0], low);
    if (strips == 1) sum = dot_words(sum, (lane_bits)groups->mins[1], high);
    return add_quarters(QUARTER_TRANSPOSED(sum));
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
                const four_sums offsets = -offset_sums(&groups, input[t], strips);
                const four_floats exact = __builtin_convertvector(offsets, four_floats);
                sum = __builtin_elementwise_fma(exact, d.hi, sum);
            }
            *at = sum;
        }
    }
}
