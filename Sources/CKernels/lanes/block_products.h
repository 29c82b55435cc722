// Included by integer_products.h: the formats with blocks of 32. Bound: a block's main sum is at most
// 32 * 255 * 127 in magnitude.

struct block_format {
    // The codes of two blocks.
    strip (*strip)(const void *first, const void *second);
    int bytes;
    // What codes lie above their values.
    int offset;
    // Codes go up to 255 instead of 63.
    bool is_wide;
    // A min of every block, the half behind the scale.
    bool has_mins;
    // Scales are exponents instead of halves.
    bool has_exponents;
};

enum { BLOCK = 32, BLOCK_QUADS = BLOCK / 4, BLOCK_SUMS = BLOCK / SLUICE_SUM_ELEMENTS, M_BYTES = 2 };

// Sixteen blocks of as many rows side by side: strip q has codes 4q ... 4q + 3 of every row.
struct block_panel {
    strip codes[BLOCK_QUADS];
    lanes d, m;
};
_Static_assert(
    PANEL_SUMS * 4 + sizeof(struct block_panel) * PANEL_COLUMNS / BLOCK <= SLUICE_SCRATCH_ELEMENTS * 4,
    "scratch");

SLUICE_INLINE int effective_offset(const struct block_format *f) {
    return f->offset - (f->is_wide ? WIDE_BIAS : 0);
}

// Block scales at the first addresses (four rows of two blocks or sixteen rows of one).
SLUICE_INLINE lanes load_scales(const char *const blocks[GROUP_ROWS], const struct block_format *f) {
    if (!f->has_exponents) return load_halves_of(blocks, 0);
    float powers[GROUP_ROWS];
    UNROLLED for (int i = 0; i < GROUP_ROWS; i++) powers[i] = sluice_half_power((uint8_t)*blocks[i]);
    return load(powers);
}

SLUICE_INLINE int32_t input_sum(const struct sluice_quantized_row *x, int64_t block) {
    return x->sums[BLOCK_SUMS * block] + x->sums[BLOCK_SUMS * block + 1];
}

SLUICE_INLINE eight_floats first_half(lanes values) { return values.lo; }

// Continues the sums of four rows by `count` (1 or 2) blocks from the even block `b`.
SLUICE_INLINE void continue_few_blocks(
    const struct weight_rows *rows, int64_t b, const struct sluice_quantized_row *x, float *sums,
    const struct block_format *f, const int count) {
    prefetch_rows(rows, f->bytes * b, 2 * f->bytes);
    const int64_t second = b + count - 1;
    const char *blocks[GROUP_ROWS];
    lane_bits dots[FEW_ROWS];
    const strip codes = join_halves(x->codes + BLOCK * b, x->codes + BLOCK * second);
    UNROLLED for (int r = 0; r < GROUP_ROWS; r++) {
        blocks[r] = rows->row[r % FEW_ROWS] + f->bytes * (r / FEW_ROWS % 2 ? second : b);
    }
    UNROLLED for (int r = 0; r < FEW_ROWS; r++) {
        const strip weights = f->strip(blocks[r], blocks[r + FEW_ROWS]);
        dots[r] = dot(splat_bits(0), weights, codes, f->is_wide);
    }
    eight_sums whole = fold_halves(dots);
    eight_sums input;
    eight_floats dx;
    input.lo = input_sum(x, b);
    input.hi = input_sum(x, second);
    dx.lo = x->scales[b];
    dx.hi = x->scales[second];
    whole -= effective_offset(f) * input;
    typedef float unaligned_eight __attribute__((ext_vector_type(8), aligned(4), may_alias));
    typedef float unaligned_four __attribute__((ext_vector_type(4), aligned(4), may_alias));
    float *at = sums + b % LANES * FEW_ROWS;
    eight_floats sum = *(const unaligned_eight *)at;
    const eight_floats d = first_half(load_scales(blocks, f));
    sum = __builtin_elementwise_fma(__builtin_convertvector(whole, eight_floats), d * dx, sum);
    if (f->has_mins) {
        const eight_floats m = first_half(load_halves_of(blocks, M_BYTES));
        sum = __builtin_elementwise_fma(__builtin_convertvector(input, eight_floats), m * dx, sum);
    }
    if (count == 2) *(unaligned_eight *)at = sum;
    else *(unaligned_four *)at = sum.lo;
}

SLUICE_INLINE four_floats multiply_few_blocks(
    const struct sluice_product *p, const struct weight_rows *rows, int64_t token,
    const struct block_format *f) {
    const struct sluice_quantized_row x = sluice_quantized_row(&p->quantized, token);
    four_floats sums[LANES];
    memset(sums, 0, sizeof sums);
    const int64_t blocks = p->columns / BLOCK;
    int64_t b = 0;
    for (; b + 2 <= blocks; b += 2) continue_few_blocks(rows, b, &x, (float *)sums, f, 2);
    if (b < blocks) continue_few_blocks(rows, b, &x, (float *)sums, f, 1);
    return FOLDED(four_floats, sums);
}

SLUICE_INLINE void pack_blocks(
    const struct weight_rows *rows, int64_t first, int64_t count, char *memory,
    const struct block_format *f) {
    struct block_panel *panel = (void *)memory;
    for (int64_t b = 0; b < count; b += 2) {
        const int64_t second = smallest(b + 1, count - 1);
        const char *from[2][GROUP_ROWS];
        lane_bits codes[GROUP_ROWS];
        UNROLLED for (int r = 0; r < GROUP_ROWS; r++) {
            from[0][r] = rows->row[r] + (first + b) * f->bytes;
            from[1][r] = rows->row[r] + (first + second) * f->bytes;
            codes[r] = (lane_bits)f->strip(from[0][r], from[1][r]);
        }
        transpose(codes);
        for (int half = 0; half <= second - b; half++) {
            struct block_panel *to = panel + b + half;
            UNROLLED for (int q = 0; q < BLOCK_QUADS; q++) {
                to->codes[q] = (strip)(half ? codes[BLOCK_QUADS + q] : codes[q]);
            }
            to->d = load_scales(from[half], f);
            if (f->has_mins) to->m = load_halves_of(from[half], M_BYTES);
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
