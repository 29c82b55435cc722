// Included inside a target region that also defines PRODUCT_ROWS and PRODUCT_TOKENS (at most 4), the shape of
// the register block.

enum { GROUP_ROWS = 16, GROUP_TOKENS = 64, TILE_COLUMNS = 512, SINGLE_ROWS = 4 };
enum { TILE_ELEMENTS = GROUP_ROWS * TILE_COLUMNS, SUM_ELEMENTS = GROUP_ROWS * GROUP_TOKENS * LANES };
_Static_assert(TILE_ELEMENTS + SUM_ELEMENTS <= SLUICE_SCRATCH_ELEMENTS, "scratch");

// Float32 rows, `stride` elements apart.
struct panel {
    const float *base;
    int64_t stride;
};

SLUICE_INLINE const float *row_of(struct panel panel, int64_t row) { return panel.base + row * panel.stride; }

// Where the sixteen-lane sum of token t and row r lies.
SLUICE_INLINE float *sum_at(float *sums, int64_t t, int64_t r) { return sums + (t * GROUP_ROWS + r) * LANES; }

// Continues the sums of `rows` x `tokens` pairs (constants at every call) by `columns` columns.
SLUICE_INLINE void continue_sums(
    struct panel weights, struct panel input, int64_t columns, float *sums, const int rows,
    const int tokens) {
    lanes sum[4][4];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (int t = 0; t < tokens; t++) sum[r][t] = load(sum_at(sums, t, r));
    }
    int64_t c = 0;
    for (; c + LANES <= columns; c += LANES) {
        lanes x[4];
#pragma clang loop unroll(full)
        for (int t = 0; t < tokens; t++) x[t] = load(row_of(input, t) + c);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            const lanes w = load(row_of(weights, r) + c);
#pragma clang loop unroll(full)
            for (int t = 0; t < tokens; t++) sum[r][t] = fused(w, x[t], sum[r][t]);
        }
    }
    const int64_t left = columns - c;
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (int t = 0; t < tokens; t++) {
            if (left > 0) {
                const lanes w = load_some(row_of(weights, r) + c, left);
                sum[r][t] = fused(w, load_some(row_of(input, t) + c, left), sum[r][t]);
            }
            store(sum_at(sums, t, r), sum[r][t]);
        }
    }
}

// Continues the sums of `rows` rows and `tokens` tokens (a constant) in blocks of `block` rows (a constant).
SLUICE_INLINE void continue_rows(
    struct panel weights, int64_t rows, struct panel input, int64_t columns, float *sums, const int block,
    const int tokens) {
    int64_t r = 0;
    for (; r < rows; r += r + block <= rows ? block : 1) {
        const struct panel from = {row_of(weights, r), weights.stride};
        if (r + block <= rows) continue_sums(from, input, columns, sum_at(sums, 0, r), block, tokens);
        else continue_sums(from, input, columns, sum_at(sums, 0, r), 1, tokens);
    }
}

// All sums of a tile: register blocks first, then what is left of the tokens. The cut changes no sum.
static void continue_tile(
    struct panel weights, int64_t rows, struct panel input, int64_t tokens, int64_t columns, float *sums) {
    int64_t t = 0;
    for (; t + PRODUCT_TOKENS <= tokens; t += PRODUCT_TOKENS) {
        const struct panel from = {row_of(input, t), input.stride};
        continue_rows(weights, rows, from, columns, sum_at(sums, t, 0), PRODUCT_ROWS, PRODUCT_TOKENS);
    }
    for (; t < tokens; t++) {
        const struct panel from = {row_of(input, t), input.stride};
        continue_rows(weights, rows, from, columns, sum_at(sums, t, 0), SINGLE_ROWS, 1);
    }
}

// Asks for `bytes` bytes that will be read soon; a wish beyond the end of the weights does no harm.
SLUICE_INLINE void prefetch(const char *from, int64_t bytes) {
    for (int64_t i = 0; i < bytes; i += 64) __builtin_prefetch(from + i, 0, 2);
}

// Columns of a tile for one or few tokens, when weights come from memory: about as many bytes of each row as
// measured best for the reads ahead (512 to 640), in whole blocks of every format.
SLUICE_INLINE int64_t stream_columns(const struct sluice_format *format) {
    const int64_t columns = 640 * format->block_elements / format->block_bytes / 256 * 256;
    const int64_t most = TILE_ELEMENTS / SINGLE_ROWS;
    return columns < 256 ? 256 : smallest(columns, most);
}

// `rows` (at most 16) rows from `row` for `tokens` (at most 64) tokens from `token`.
static void product_group(
    const struct sluice_product *p, int64_t row, int64_t rows, int64_t token, int64_t tokens,
    float *scratch) {
    const int64_t stride_bytes = p->row_stride_bytes;
    const char *weights = (const char *)p->weights + row * stride_bytes;
    const int64_t float_bytes = sizeof(float);
    float *sums = scratch + TILE_ELEMENTS;
    const int64_t tile_columns = rows <= SINGLE_ROWS ? stream_columns(p->format) : TILE_COLUMNS;
    // Float32 rows need no decoding where every row starts on a float's boundary.
    const bool direct =
        p->format->type == 0 && (uintptr_t)weights % sizeof(float) == 0 && stride_bytes % float_bytes == 0;
    for (int64_t t = 0; t < tokens; t++) memset(sum_at(sums, t, 0), 0, (size_t)(rows * LANES * float_bytes));
    for (int64_t c = 0; c < p->columns; c += tile_columns) {
        const int64_t width = smallest(p->columns - c, tile_columns);
        const int64_t blocks = width / p->format->block_elements;
        const char *from = weights + c / p->format->block_elements * p->format->block_bytes;
        const struct panel input = {p->input.base + token * p->input.stride + c, p->input.stride};
        struct panel tile = {scratch, tile_columns};
        if (direct) {
            tile = (struct panel){(const float *)(const void *)from, stride_bytes / float_bytes};
        } else {
            for (int64_t r = 0; r < rows; r++) {
                prefetch(from + (r + rows) * stride_bytes, blocks * p->format->block_bytes);
                p->decode(from + r * stride_bytes, scratch + r * tile_columns, blocks);
            }
        }
        continue_tile(tile, rows, input, tokens, width, sums);
    }
    for (int64_t t = 0; t < tokens; t++) {
        float *output = p->output.base + (token + t) * p->output.stride + row;
        for (int64_t r = 0; r < rows; r++) {
            const float sum = fold(load(sum_at(sums, t, r)));
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
        const int64_t row_end = smallest(row + p->rows_per_unit, p->rows);
        const int64_t token_end = smallest(token + p->tokens_per_unit, p->input.rows);
        // Few tokens: few rows at a time, so that the decoded tile is still in the nearest cache when it is
        // read.
        const int64_t group = token_end - token < PRODUCT_TOKENS ? SINGLE_ROWS : GROUP_ROWS;
        for (int64_t r = row; r < row_end; r += group) {
            for (int64_t t = token; t < token_end; t += GROUP_TOKENS) {
                const int64_t tokens = smallest(token_end - t, GROUP_TOKENS);
                product_group(p, r, smallest(row_end - r, group), t, tokens, scratch);
            }
        }
    }
}

static void transposed_product(const void *arguments, int64_t first, int64_t count, float *scratch) {
    const struct sluice_transposed_product *p = arguments;
    for (int64_t unit = first; unit < first + count; unit++) {
        const int64_t c = unit * SLUICE_TRANSPOSED_COLUMNS;
        const int64_t width = smallest(p->columns - c, SLUICE_TRANSPOSED_COLUMNS);
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
                    const lanes before = load_some(output + i, width - i);
                    store_some(output + i, fused(load_some(scratch + i, width - i), x, before), width - i);
                }
            }
        }
    }
}
