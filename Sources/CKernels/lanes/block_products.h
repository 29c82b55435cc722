// Included by integer_products.h: a few tokens times the formats with blocks of 32. Bound: a block's main sum
// is at most 32 * 255 * 127 in magnitude.

struct block_format {
    // The codes of four blocks that lie behind each other: the first halves of each, then the second.
    void (*strips)(const char *blocks, strip codes[2]);
    int bytes;
    // What codes lie above their values.
    int offset;
    // Codes go up to 255 instead of 63.
    bool is_wide;
    // The largest code, or magnitude of a wide one's value.
    int largest;
    // The sum of sixteen values, codes less the offset, times inputs fits 16 bits.
    bool is_small;
    // A min of every block, the half behind the scale.
    bool has_mins;
    // Scales are exponents instead of halves.
    bool has_exponents;
    // Where a set has ways of its own: the scales of four blocks of four rows in any form, and the product of
    // an input's scales with them.
    lanes (*scales)(const char *const blocks[FEW_ROWS]);
    lanes (*scaled)(lanes input, lanes scales);
};

enum { BLOCK = 32, QUAD = 4, HALF_BLOCK = BLOCK / 2, M_BYTES = 2, LARGEST_BLOCK_BYTES = 34 };

// The input's side of four blocks, in the order of their strips.
struct block_input {
    strip codes[2];
    strip start;
    // Each block's four times, as the four rows need it.
    lanes scales;
    int32_t sums[QUAD];
};

SLUICE_INLINE int effective_offset(const struct block_format *f) {
    return f->offset - (f->is_wide ? WIDE_BIAS : 0);
}

// Copies `used` of four parts.
SLUICE_INLINE void copy_some(void *to, const void *from, int64_t used, const int64_t bytes) {
    if (used >= QUAD) memcpy(to, from, QUAD * bytes);
    else memcpy(to, from, used * bytes);
}

SLUICE_INLINE int32_t input_sum(const struct sluice_quantized_row *x, int64_t block) {
    return x->sums[2 * block] + x->sums[2 * block + 1];
}

SLUICE_INLINE lanes repeat_each(four_floats v) {
    return __builtin_shufflevector(v, v, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
}

// The input of `count` times four blocks from block `first`; zeros where the row has ended.
SLUICE_INLINE void arrange_blocks(
    const struct sluice_product *p, int64_t token, int64_t first, int64_t count, char *memory,
    const struct block_format *f) {
    const struct sluice_quantized_row x = sluice_quantized_row(&p->quantized, token);
    const int64_t end = p->columns / BLOCK;
    struct block_input *to = (void *)memory;
    for (int64_t b = first; b < first + QUAD * count; b += QUAD, to++) {
        int8_t codes[QUAD * BLOCK];
        int16_t sums[2 * QUAD];
        four_floats scales;
        const int64_t used = smallest(QUAD, end - b);
        if (used < QUAD) {
            memset(codes, 0, sizeof codes);
            memset(sums, 0, sizeof sums);
            memset(&scales, 0, sizeof scales);
        }
        copy_some(codes, x.codes + BLOCK * b, used, BLOCK);
        copy_some(sums, x.sums + 2 * b, used, 2 * sizeof(int16_t));
        copy_some(&scales, x.scales + b, used, sizeof(float));
        to->scales = repeat_each(scales);
        UNROLLED for (int half = 0; half < 2; half++) {
            const int8_t *at = codes + HALF_BLOCK * half;
            to->codes[half] = join_quarters(at, at + BLOCK, at + 2 * BLOCK, at + 3 * BLOCK);
        }
        UNROLLED for (int i = 0; i < QUAD; i++) to->sums[i] = sums[2 * i] + sums[2 * i + 1];
        if (effective_offset(f)) to->start = dot_start(to->codes, 2, effective_offset(f));
    }
}

// The powers that exponents stand for.
SLUICE_INLINE lanes half_powers(lane_bits exponents) {
    const lane_bits small = 0x00200000 << (exponents & 1);
    return choose(exponents < 2, (lanes)small, (lanes)((exponents - 1) << 23));
}

// Scales of four blocks of four rows.
SLUICE_INLINE lanes load_scales(const char *const blocks[FEW_ROWS], const struct block_format *f) {
    if (f->scales) return f->scales(blocks);
    if (!f->has_exponents) {
        const words halves = block_words(blocks, f->bytes, 0);
        return load_half_lanes(&halves);
    }
    // The bytes at odd addresses are the upper ones of the words before.
    const words by = {0, 0, 0, 0, 8, 8, 8, 8, 0, 0, 0, 0, 8, 8, 8, 8};
    const words exponents = block_words(blocks, f->bytes, 0) >> by & 0xff;
    return half_powers(__builtin_convertvector(exponents, lane_bits));
}

// Continues the sums of four rows and `tokens` tokens, four lanes of each, by four blocks.
SLUICE_INLINE void continue_four_blocks(
    const char *const blocks[FEW_ROWS], const struct block_input *const input[], lanes *sums,
    const struct block_format *f, const int tokens) {
    lane_bits dots[2][FEW_ROWS];
    UNROLLED for (int r = 0; r < FEW_ROWS; r++) {
        strip codes[2];
        f->strips(blocks[r], codes);
        UNROLLED for (int t = 0; t < tokens; t++) {
            const strip *start = effective_offset(f) ? &input[t]->start : 0;
            dots[t][r] = group_dot(codes, input[t]->codes, 2, start, f->is_wide);
        }
    }
    const lanes d = load_scales(blocks, f);
    lanes m = splat(0);
    if (f->has_mins) {
        const words halves = block_words(blocks, f->bytes, M_BYTES);
        m = load_half_lanes(&halves);
    }
    UNROLLED for (int t = 0; t < tokens; t++) {
        const lanes dx = input[t]->scales;
        const lane_bits whole = f->is_small ? fold_small_quarters(dots[t]) : fold_quarters(dots[t]);
        const lanes scales = f->scaled ? f->scaled(dx, d) : d * dx;
        sums[t] = fused(__builtin_convertvector(whole, lanes), scales, sums[t]);
        if (f->has_mins) {
            typedef int32_t unaligned_sums __attribute__((ext_vector_type(4), aligned(4), may_alias));
            const four_sums offsets = *(const unaligned_sums *)input[t]->sums;
            const lanes exact = repeat_each(__builtin_convertvector(offsets, four_floats));
            sums[t] = fused(exact, m * dx, sums[t]);
        }
    }
}

// Continues by the `used` last blocks, from block `b`, of rows that do not have four more.
SLUICE_INLINE void continue_last_blocks(
    const struct weight_rows *rows, const struct block_input *const input[], int64_t b, int64_t used,
    few_sums *sums, const struct block_format *f, const int tokens) {
    char last[FEW_ROWS][QUAD * LARGEST_BLOCK_BYTES] = {{0}};
    const char *blocks[FEW_ROWS];
    for (int r = 0; r < FEW_ROWS; r++) {
        blocks[r] = memcpy(last[r], rows->row[r] + f->bytes * b, f->bytes * used);
    }
    lanes added[2];
    UNROLLED for (int t = 0; t < tokens; t++) added[t] = load((const float *)&sums[t][b & (LANES - 1)]);
    continue_four_blocks(blocks, input, added, f, tokens);
    UNROLLED for (int t = 0; t < tokens; t++) {
        memcpy(&sums[t][b & (LANES - 1)], &added[t], used * (int64_t)sizeof(four_floats));
    }
}

// Continues by `steps` times four blocks from block `b`; their lanes do not go past the last. Their inputs
// lie at `input`, those of the second token `stride` further.
SLUICE_INLINE void continue_quads(
    const struct weight_rows *rows, const struct block_input *input, int64_t stride, int64_t b,
    const int steps, few_sums *sums, const struct block_format *f, const int tokens) {
    lanes held[HELD_QUADS][2];
    float *at[2];
    UNROLLED for (int t = 0; t < tokens; t++) {
        at[t] = (float *)&sums[t][b & (LANES - 1)];
        UNROLLED for (int i = 0; i < steps; i++) held[i][t] = load(at[t] + LANES * i);
    }
    UNROLLED for (int i = 0; i < steps; i++) {
        const int64_t offset = f->bytes * (b + QUAD * i);
        const char *blocks[FEW_ROWS];
        const struct block_input *inputs[2];
        prefetch_rows(rows, offset, QUAD * f->bytes);
        UNROLLED for (int r = 0; r < FEW_ROWS; r++) blocks[r] = rows->row[r] + offset;
        UNROLLED for (int t = 0; t < tokens; t++) inputs[t] = input + t * stride + i;
        continue_four_blocks(blocks, inputs, held[i], f, tokens);
    }
    UNROLLED for (int t = 0; t < tokens; t++) {
        UNROLLED for (int i = 0; i < steps; i++) store(at[t] + LANES * i, held[i][t]);
    }
}

// Continues by `count` times four blocks from block `first`, whose inputs are arranged at `memory`, token
// behind token.
SLUICE_INLINE void continue_few_blocks(
    const struct sluice_product *p, const struct weight_rows *rows, int64_t first, int64_t count,
    const char *memory, few_sums *sums, const struct block_format *f, const int tokens) {
    const struct block_input *input = (const void *)memory;
    const struct weight_rows from = *rows;
    const int64_t whole = smallest(count, p->columns / BLOCK / QUAD - first / QUAD);
    int64_t i = 0;
    for (; i + HELD_QUADS <= whole; i += HELD_QUADS) {
        continue_quads(&from, input + i, count, first + QUAD * i, HELD_QUADS, sums, f, tokens);
    }
    for (; i < whole; i++) continue_quads(&from, input + i, count, first + QUAD * i, 1, sums, f, tokens);
    if (i == count) return;
    const struct block_input *last[2];
    UNROLLED for (int t = 0; t < tokens; t++) last[t] = input + t * count + i;
    const int64_t b = first + QUAD * i;
    continue_last_blocks(&from, last, b, p->columns / BLOCK - b, sums, f, tokens);
}
