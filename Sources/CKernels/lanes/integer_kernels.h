// Included by integer_products.h, after what arranges, packs and continues blocks: the loops over units, rows
// and tokens, and the product of a format.

// Writes the first `rows` sums of one token.
SLUICE_INLINE void finish(
    const struct sluice_product *p, int64_t token, int64_t row, const float *sums, int64_t rows) {
    float *output = p->output.base + token * p->output.stride + row;
    for (int64_t i = 0; i < rows; i++) output[i] = p->bias ? sums[i] + p->bias[row + i] : sums[i];
}

// Writes the sums of `tokens` tokens of a panel.
static void finish_panel(
    const struct sluice_product *p, int64_t token, int64_t tokens, int64_t row, const panel_sums *sums,
    int64_t used_lanes) {
    const int64_t rows = smallest(p->rows - row, GROUP_ROWS);
    for (int64_t t = 0; t < tokens; t++) {
        lanes lane[LANES];
        for (int64_t i = 0; i < LANES; i++) {
            lane[i] = i < used_lanes ? sums[t / PANEL_TOKENS][i][t % PANEL_TOKENS] : splat(0);
        }
        float folded[GROUP_ROWS];
        store(folded, FOLDED(lanes, lane));
        finish(p, token + t, row, folded, rows);
    }
}

// How one format is multiplied. A step is what the few rows go by: four blocks of 32 or one of 256.
struct integer_kernels {
    // Brings the input of `count` steps from block `first` into the order of the weights' strips.
    void (*arrange)(const struct sluice_product *p, int64_t token, int64_t first, int64_t count, char *to);
    // Continues the sums of FEW_ROWS rows and one or two tokens by so many steps.
    void (*continue_one)(
        const struct sluice_product *p, const struct weight_rows *rows, int64_t first, int64_t count,
        const char *input, few_sums *sums);
    void (*continue_two)(
        const struct sluice_product *p, const struct weight_rows *rows, int64_t first, int64_t count,
        const char *input, few_sums *sums);
    int64_t step_blocks, input_bytes;
    // Lays blocks first ..< first + count of sixteen rows side by side.
    void (*pack)(const struct weight_rows *rows, int64_t first, int64_t count, char *panel);
    // Continues the sums of PANEL_TOKENS or half as many tokens from `token` by the blocks of a panel.
    void (*continue_all)(
        const struct sluice_product *p, int64_t token, int64_t first, int64_t count, const char *panel,
        panel_sums *sums);
    void (*continue_half)(
        const struct sluice_product *p, int64_t token, int64_t first, int64_t count, const char *panel,
        panel_sums *sums);
    int64_t block_elements;
};

static void multiply_panels(
    const struct sluice_product *p, int64_t row, int64_t token, int64_t tokens, float *scratch,
    const struct integer_kernels *kernels) {
    panel_sums *sums = (void *)scratch;
    char *panel = (char *)(scratch + PANEL_SUMS);
    const struct weight_rows rows = weight_rows(p, row, GROUP_ROWS);
    const int64_t blocks = p->columns / kernels->block_elements;
    const int64_t panel_blocks = PANEL_COLUMNS / kernels->block_elements;
    for (int64_t b = 0; b < blocks; b += panel_blocks) {
        const int64_t count = smallest(blocks - b, panel_blocks);
        kernels->pack(&rows, b, count, panel);
        for (int64_t t = 0; t < tokens; t += PANEL_TOKENS) {
            panel_sums *at = sums + t / PANEL_TOKENS;
            if (tokens - t > PANEL_TOKENS / 2) kernels->continue_all(p, token + t, b, count, panel, at);
            else kernels->continue_half(p, token + t, b, count, panel, at);
        }
    }
    finish_panel(p, token, tokens, row, sums, smallest(blocks, LANES));
}

// The sums of FEW_ROWS rows, folded as `fold` does.
SLUICE_INLINE four_floats fold_few(const few_sums *sums) {
    const float *from = (const float *)sums;
    const lanes quarters =
        (load(from) + load(from + 2 * LANES)) + (load(from + LANES) + load(from + 3 * LANES));
    return (quarters.lo.lo + quarters.hi.lo) + (quarters.lo.hi + quarters.hi.hi);
}

// Rows row ..< row_end with one or two tokens. Their input is arranged once, unless it is already, where
// scratch has room for the whole of it, else part by part for every four rows. What follows on them in the
// same run of memory ends at `end`.
static void multiply_few(
    const struct sluice_product *p, int64_t row, int64_t row_end, const char *end, int64_t token,
    int64_t tokens, bool is_arranged, char *scratch, const struct integer_kernels *kernels) {
    const int64_t step = kernels->step_blocks * kernels->block_elements;
    const int64_t steps = (p->columns + step - 1) / step;
    const int64_t bytes = SLUICE_SCRATCH_ELEMENTS * (int64_t)sizeof(float);
    // Parts begin with lane 0.
    const int64_t most = bytes / (tokens * kernels->input_bytes) / LANES * LANES;
    const int64_t room = smallest(most, steps);
    for (int64_t r = row; r < row_end; r += FEW_ROWS) {
        struct weight_rows rows = weight_rows(p, r, FEW_ROWS);
        rows.end = end;
        few_sums sums[2];
        memset(sums, 0, (size_t)tokens * sizeof sums[0]);
        for (int64_t i = 0; i < steps; i += room) {
            const int64_t count = smallest(room, steps - i), first = i * kernels->step_blocks;
            for (int64_t t = 0; ((r == row && !is_arranged) || room < steps) && t < tokens; t++) {
                char *to = scratch + t * count * kernels->input_bytes;
                kernels->arrange(p, token + t, first, count, to);
            }
            if (tokens == 1) kernels->continue_one(p, &rows, first, count, scratch, sums);
            else kernels->continue_two(p, &rows, first, count, scratch, sums);
        }
        for (int64_t t = 0; t < tokens; t++) {
            const four_floats folded = fold_few(&sums[t]);
            finish(p, token + t, r, (const float *)&folded, smallest(row_end - r, FEW_ROWS));
        }
    }
}

static void multiply_integers(
    const struct sluice_product *p, int64_t first, int64_t count, float *scratch,
    const struct integer_kernels *kernels) {
    const int64_t row_units = (p->rows + p->rows_per_unit - 1) / p->rows_per_unit;
    int64_t arranged = -1;
    for (int64_t unit = first; unit < first + count; unit++) {
        const int64_t row = unit % row_units * p->rows_per_unit;
        const int64_t token = unit / row_units * p->tokens_per_unit;
        const int64_t row_end = smallest(row + p->rows_per_unit, p->rows);
        const int64_t token_end = smallest(token + p->tokens_per_unit, p->quantized.rows);
        if (token_end - token >= MANY_TOKENS) {
            for (int64_t r = row; r < row_end; r += GROUP_ROWS) {
                for (int64_t t = token; t < token_end; t += GROUP_TOKENS) {
                    multiply_panels(p, r, t, smallest(token_end - t, GROUP_TOKENS), scratch, kernels);
                }
            }
            continue;
        }
        // The units that come next go through the rows that come next.
        const int64_t units = smallest(first + count - unit, row_units - unit % row_units);
        const char *rows = (const char *)p->weights + row * p->row_stride_bytes;
        const char *end = rows + smallest(units * p->rows_per_unit, p->rows - row) * p->row_stride_bytes;
        if (unit == first || unit % row_units == 0) prefetch_start(rows, end);
        for (int64_t t = token; t < token_end; t += 2) {
            const int64_t tokens = smallest(token_end - t, 2);
            multiply_few(p, row, row_end, end, t, tokens, arranged == t, (char *)scratch, kernels);
            arranged = t;
        }
    }
}

#define SLUICE_EXPANDED_PRODUCT(format, set) SLUICE_INTEGER_PRODUCT(format, set)
#define SLUICE_SET_PRODUCT(format) SLUICE_EXPANDED_PRODUCT(format, SLUICE_SET)

// The product of a format: its description as a constant in its family's functions.
#define SLUICE_FAMILY_PRODUCT(name, family, kind, elements, step) \
    static void arrange_##name( \
        const struct sluice_product *p, int64_t token, int64_t first, int64_t count, char *to) { \
        arrange_##family(p, token, first, count, to, &format_##name); \
    } \
    static void continue_one_##name( \
        const struct sluice_product *p, const struct weight_rows *rows, int64_t first, int64_t count, \
        const char *input, few_sums *sums) { \
        continue_few_##family(p, rows, first, count, input, sums, &format_##name, 1); \
    } \
    static void continue_two_##name( \
        const struct sluice_product *p, const struct weight_rows *rows, int64_t first, int64_t count, \
        const char *input, few_sums *sums) { \
        continue_few_##family(p, rows, first, count, input, sums, &format_##name, 2); \
    } \
    static void pack_##name(const struct weight_rows *rows, int64_t first, int64_t count, char *panel) { \
        pack_##family(rows, first, count, panel, &format_##name); \
    } \
    static void continue_all_##name( \
        const struct sluice_product *p, int64_t token, int64_t first, int64_t count, const char *panel, \
        panel_sums *sums) { \
        continue_##family(p, token, first, count, panel, sums, &format_##name, PANEL_TOKENS); \
    } \
    static void continue_half_##name( \
        const struct sluice_product *p, int64_t token, int64_t first, int64_t count, const char *panel, \
        panel_sums *sums) { \
        continue_##family(p, token, first, count, panel, sums, &format_##name, PANEL_TOKENS / 2); \
    } \
    SLUICE_SET_PRODUCT(name) { \
        static const struct integer_kernels kernels = { \
            arrange_##name, continue_one_##name, continue_two_##name, step, sizeof(struct kind##_input), \
            pack_##name, continue_all_##name, continue_half_##name, elements}; \
        multiply_integers(arguments, first, count, scratch, &kernels); \
    }

#define SLUICE_BLOCK_PRODUCT(name) SLUICE_FAMILY_PRODUCT(name, blocks, block, BLOCK, QUAD)
#define SLUICE_SUPERBLOCK_PRODUCT(name) SLUICE_FAMILY_PRODUCT(name, superblocks, superblock, SUPERBLOCK, 1)
