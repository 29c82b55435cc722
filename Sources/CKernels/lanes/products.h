// Included inside a target region that also defines PRODUCT_ROWS and
// PRODUCT_TOKENS (at most 4), the shape of the register block.

enum { GROUP_ROWS = 16, GROUP_TOKENS = 64, TILE_COLUMNS = 512, SINGLE_ROWS = 4 };
_Static_assert(
    GROUP_ROWS *TILE_COLUMNS + GROUP_ROWS * GROUP_TOKENS * LANES <= SLUICE_SCRATCH_ELEMENTS, "scratch");

// Continues the sums of `rows` x `tokens` pairs (constants at every call) by `columns` columns. The sums of
// token t and row r lie at sums + (t * GROUP_ROWS + r) * LANES.
SLUICE_INLINE void continue_sums(const float *weights, int64_t weight_stride, const float *input,
    int64_t input_stride, int64_t columns, float *sums, const int rows, const int tokens) {
    lanes sum[4][4];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (int t = 0; t < tokens; t++) sum[r][t] = load(sums + (t * GROUP_ROWS + r) * LANES);
    }
    int64_t c = 0;
    for (; c + LANES <= columns; c += LANES) {
        lanes x[4];
#pragma clang loop unroll(full)
        for (int t = 0; t < tokens; t++) x[t] = load(input + t * input_stride + c);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            const lanes w = load(weights + r * weight_stride + c);
#pragma clang loop unroll(full)
            for (int t = 0; t < tokens; t++) sum[r][t] = fused(w, x[t], sum[r][t]);
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (int t = 0; t < tokens; t++) {
            if (c < columns) {
                const lanes w = load_some(weights + r * weight_stride + c, columns - c);
                sum[r][t] = fused(w, load_some(input + t * input_stride + c, columns - c), sum[r][t]);
            }
            store(sums + (t * GROUP_ROWS + r) * LANES, sum[r][t]);
        }
    }
}

// All sums of a tile: register blocks first, then what is left of tokens and of rows. The cut changes no sum.
static void continue_tile(const float *weights, int64_t weight_stride, int64_t rows, const float *input,
    int64_t input_stride, int64_t tokens, int64_t columns, float *sums) {
    int64_t t = 0;
    for (; t + PRODUCT_TOKENS <= tokens; t += PRODUCT_TOKENS) {
        int64_t r = 0;
        const float *x = input + t * input_stride;
        float *s = sums + t * GROUP_ROWS * LANES;
        for (; r + PRODUCT_ROWS <= rows; r += PRODUCT_ROWS) {
            continue_sums(weights + r * weight_stride, weight_stride, x, input_stride, columns, s + r * LANES,
                PRODUCT_ROWS, PRODUCT_TOKENS);
        }
        for (; r < rows; r++) {
            continue_sums(weights + r * weight_stride, weight_stride, x, input_stride, columns, s + r * LANES,
                1, PRODUCT_TOKENS);
        }
    }
    for (; t < tokens; t++) {
        int64_t r = 0;
        const float *x = input + t * input_stride;
        float *s = sums + t * GROUP_ROWS * LANES;
        for (; r + SINGLE_ROWS <= rows; r += SINGLE_ROWS) {
            continue_sums(weights + r * weight_stride, weight_stride, x, input_stride, columns, s + r * LANES,
                SINGLE_ROWS, 1);
        }
        for (; r < rows; r++) {
            continue_sums(
                weights + r * weight_stride, weight_stride, x, input_stride, columns, s + r * LANES, 1, 1);
        }
    }
}

// `rows` (at most 16) rows from `row` for `tokens` (at most 64) tokens from `token`.
static void product_group(const struct sluice_product *p, int64_t row, int64_t rows, int64_t token,
    int64_t tokens, float *scratch) {
    float *tile = scratch;
    float *sums = scratch + GROUP_ROWS * TILE_COLUMNS;
    const char *weights = (const char *)p->weights + row * p->row_stride_bytes;
    const float *input = p->input.base + token * p->input.stride;
    // Float32 rows need no decoding where every row starts on a float's boundary.
    const bool direct = p->format->type == 0 && (uintptr_t)weights % sizeof(float) == 0 &&
        p->row_stride_bytes % sizeof(float) == 0;
    for (int64_t t = 0; t < tokens; t++)
        memset(sums + t * GROUP_ROWS * LANES, 0, (size_t)rows * LANES * sizeof(float));
    for (int64_t c = 0; c < p->columns; c += TILE_COLUMNS) {
        const int64_t width = p->columns - c < TILE_COLUMNS ? p->columns - c : TILE_COLUMNS;
        const int64_t offset = c / p->format->block_elements * p->format->block_bytes;
        if (direct) {
            continue_tile((const float *)(const void *)(weights + offset),
                p->row_stride_bytes / (int64_t)sizeof(float), rows, input + c, p->input.stride, tokens, width,
                sums);
            continue;
        }
        for (int64_t r = 0; r < rows; r++) {
            p->decode(weights + r * p->row_stride_bytes + offset, tile + r * TILE_COLUMNS,
                width / p->format->block_elements);
        }
        continue_tile(tile, TILE_COLUMNS, rows, input + c, p->input.stride, tokens, width, sums);
    }
    for (int64_t t = 0; t < tokens; t++) {
        float *output = p->output.base + (token + t) * p->output.stride + row;
        for (int64_t r = 0; r < rows; r++) {
            const float sum = fold(load(sums + (t * GROUP_ROWS + r) * LANES));
            output[r] = p->bias ? sum + p->bias[row + r] : sum;
        }
    }
}

static void product(const void *arguments, int64_t first, int64_t count, float *scratch) {
    const struct sluice_product *p = arguments;
    const int64_t row_units = (p->rows + p->rows_per_unit - 1) / p->rows_per_unit;
    for (int64_t unit = first; unit < first + count; unit++) {
        const int64_t row = unit % row_units * p->rows_per_unit;
        const int64_t token = unit / row_units * p->tokens_per_unit;
        const int64_t row_end = row + p->rows_per_unit < p->rows ? row + p->rows_per_unit : p->rows;
        const int64_t token_end =
            token + p->tokens_per_unit < p->input.rows ? token + p->tokens_per_unit : p->input.rows;
        // One token: few rows at a time, so that the decoded tile is
        // still in the nearest cache when it is read.
        const int64_t group = token_end - token < PRODUCT_TOKENS ? SINGLE_ROWS : GROUP_ROWS;
        for (int64_t r = row; r < row_end; r += group) {
            const int64_t rows = row_end - r < group ? row_end - r : group;
            for (int64_t t = token; t < token_end; t += GROUP_TOKENS) {
                const int64_t tokens = token_end - t < GROUP_TOKENS ? token_end - t : GROUP_TOKENS;
                product_group(p, r, rows, t, tokens, scratch);
            }
        }
    }
}

static void transposed_product(const void *arguments, int64_t first, int64_t count, float *scratch) {
    const struct sluice_transposed_product *p = arguments;
    for (int64_t unit = first; unit < first + count; unit++) {
        const int64_t c = unit * SLUICE_TRANSPOSED_COLUMNS;
        const int64_t width =
            p->columns - c < SLUICE_TRANSPOSED_COLUMNS ? p->columns - c : SLUICE_TRANSPOSED_COLUMNS;
        const int64_t offset = c / p->format->block_elements * p->format->block_bytes;
        for (int64_t t = 0; t < p->input.rows; t++) {
            float *output = p->output.base + t * p->output.stride + c;
            for (int64_t i = 0; i < width; i++) output[i] = p->bias ? p->bias[c + i] : 0;
        }
        for (int64_t r = 0; r < p->rows; r++) {
            const char *row = (const char *)p->weights + r * p->row_stride_bytes + offset;
            p->decode(row, scratch, width / p->format->block_elements);
            for (int64_t t = 0; t < p->input.rows; t++) {
                const lanes x = splat(p->input.base[t * p->input.stride + r]);
                float *output = p->output.base + t * p->output.stride + c;
                for (int64_t i = 0; i < width; i += LANES) {
                    const int64_t left = width - i;
                    store_some(output + i,
                        fused(load_some(scratch + i, left), x, load_some(output + i, left)), left);
                }
            }
        }
    }
}
