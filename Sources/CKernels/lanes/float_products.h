// Included inside a target region that also defines PRODUCT_ROWS (1, 2 or 4) and PRODUCT_TOKENS (at most 4),
// the shape of its register block: products of float weights, for any format that a `float_format` describes.
//
// A sum runs in sixteen lanes, a step of one term in every lane at a time. Which kernel adds the terms
// depends on the number of tokens, their order never does.

enum {
    STRETCH = 32,                // columns of one or two steps
    STRETCH_BYTES = 4 * STRETCH, // at most
    FEW_ROWS = 4,                // rows that one token meets at a time
    FEW_TOKENS = 12,             // up to here rows are read where they lie, above they are packed
    GROUP_ROWS = 8,              // rows of a packed tile
    GROUP_TOKENS = 64,           // tokens that share it
    TILE_STEPS = 32,             // steps of its rows: with some input they fit the nearest cache
    // Measured best of 4 to 48 KiB on a Zen 4; as far as that, the second cache is the place to put it.
    PREFETCH_BYTES = 24 << 10,
    PREFETCH_LOCALITY = 2,
    TILE_ELEMENTS = GROUP_ROWS * TILE_STEPS * LANES,
    SUM_ELEMENTS = GROUP_ROWS * GROUP_TOKENS * LANES,
    INPUT_ELEMENTS = PRODUCT_TOKENS * TILE_STEPS * LANES,
};
_Static_assert(TILE_ELEMENTS + SUM_ELEMENTS + INPUT_ELEMENTS <= SLUICE_SCRATCH_ELEMENTS, "scratch");

// How the weights of a format meet their input; a constant at every call.
struct float_format {
    int steps;                     // of a stretch
    int weight_bytes, input_bytes; // of an element
    // The terms' factors in one step of a stretch.
    lanes (*weights)(const char *stretch, int step);
    lanes (*input)(const char *stretch, int step);
    // sum + the step's terms.
    lanes (*add)(lanes weights, lanes input, lanes sum);
    // The same for an input that `input` was applied to before, Float32 by Float32, or null where that saves
    // nothing.
    const struct float_format *unpacked;
};

// Rows of weights or of input, `stride` bytes apart.
struct byte_rows {
    const char *base;
    int64_t stride;
};

typedef float loose_lanes __attribute__((ext_vector_type(16), aligned(1), may_alias));

SLUICE_INLINE lanes float_step(const char *stretch, int step) {
    return *(const loose_lanes *)(const void *)(stretch + step * LANES * 4);
}

SLUICE_INLINE const char *row_of(struct byte_rows rows, int64_t row) { return rows.base + row * rows.stride; }

// A stretch of which only the first `columns` columns exist, with zeros behind them.
struct stretch {
    char bytes[STRETCH_BYTES];
};

SLUICE_INLINE struct stretch last_stretch(const char *from, int64_t columns, int element_bytes) {
    struct stretch stretch = {{0}};
    memcpy(stretch.bytes, from, (size_t)(columns * element_bytes));
    return stretch;
}

SLUICE_INLINE void write_sum(const struct sluice_product *p, int64_t token, int64_t row, lanes sum) {
    const float folded = fold(sum);
    p->output.base[token * p->output.stride + row] = p->bias ? folded + p->bias[row] : folded;
}

// Adds a stretch of `rows` rows and `tokens` tokens (constants at every call).
SLUICE_INLINE void add_stretch(
    const char *const weights[], const char *const input[], lanes sum[][4], const struct float_format *f,
    const int rows, const int tokens) {
    UNROLLED for (int step = 0; step < f->steps; step++) {
        lanes x[4];
        UNROLLED for (int t = 0; t < tokens; t++) x[t] = f->input(input[t], step);
        UNROLLED for (int r = 0; r < rows; r++) {
            const lanes w = f->weights(weights[r], step);
            UNROLLED for (int t = 0; t < tokens; t++) sum[r][t] = f->add(w, x[t], sum[r][t]);
        }
    }
}

// `rows` rows from `row` for `tokens` tokens from `token`, rows as they lie in memory. Rows lie behind each
// other, so those of a pass are one run, and the reads ahead go through it in order, each line once. A wish
// beyond the end of the weights does no harm.
SLUICE_INLINE void multiply_direct(
    const struct sluice_product *p, struct byte_rows input, int64_t row, int64_t token,
    const struct float_format *f, const int rows, const int tokens, const bool reads_ahead) {
    const struct byte_rows weights = {p->weights, p->row_stride_bytes};
    const char *w[FEW_ROWS], *x[4];
    lanes sum[FEW_ROWS][4];
    UNROLLED for (int r = 0; r < rows; r++) {
        // The last row again where there are fewer.
        w[r] = row_of(weights, smallest(row + r, p->rows - 1));
        UNROLLED for (int t = 0; t < tokens; t++) sum[r][t] = splat(0);
    }
    UNROLLED for (int t = 0; t < tokens; t++) x[t] = row_of(input, token + t);
    const char *ahead = w[0] + PREFETCH_BYTES;
    int64_t c = 0;
    for (; c + STRETCH <= p->columns; c += STRETCH) {
        if (reads_ahead) {
            UNROLLED for (int i = 0; i < rows * STRETCH * f->weight_bytes; i += 64) {
                __builtin_prefetch(ahead + i, 0, PREFETCH_LOCALITY);
            }
            ahead += rows * STRETCH * f->weight_bytes;
        }
        add_stretch(w, x, sum, f, rows, tokens);
        UNROLLED for (int r = 0; r < rows; r++) w[r] += STRETCH * f->weight_bytes;
        UNROLLED for (int t = 0; t < tokens; t++) x[t] += STRETCH * f->input_bytes;
    }
    if (c < p->columns) {
        struct stretch last[FEW_ROWS + 4];
        UNROLLED for (int r = 0; r < rows; r++) {
            last[r] = last_stretch(w[r], p->columns - c, f->weight_bytes);
            w[r] = last[r].bytes;
        }
        UNROLLED for (int t = 0; t < tokens; t++) {
            last[FEW_ROWS + t] = last_stretch(x[t], p->columns - c, f->input_bytes);
            x[t] = last[FEW_ROWS + t].bytes;
        }
        add_stretch(w, x, sum, f, rows, tokens);
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        if (row + r >= p->rows) break;
        UNROLLED for (int t = 0; t < tokens; t++) write_sum(p, token + t, row + r, sum[r][t]);
    }
}

// Rows row ..< row_end for the tokens token ..< token_end, which are few: the rows of a pass come from memory
// for the first of them and from the nearest cache for the others.
SLUICE_INLINE void multiply_few(
    const struct sluice_product *p, struct byte_rows input, int64_t row, int64_t row_end, int64_t token,
    int64_t token_end, const struct float_format *f) {
    for (; row < row_end; row += FEW_ROWS) {
        int64_t t = token;
        multiply_direct(p, input, row, t++, f, FEW_ROWS, 1, true);
        for (; t + PRODUCT_TOKENS <= token_end; t += PRODUCT_TOKENS) {
            UNROLLED for (int r = 0; r < FEW_ROWS; r += PRODUCT_ROWS) {
                multiply_direct(p, input, row + r, t, f, PRODUCT_ROWS, PRODUCT_TOKENS, false);
            }
        }
        for (; t < token_end; t++) multiply_direct(p, input, row, t, f, FEW_ROWS, 1, false);
    }
}

// Where the sixteen-lane sum of token t and row r of a group lies.
SLUICE_INLINE float *sum_at(float *sums, int64_t t, int64_t r) { return sums + (t * GROUP_ROWS + r) * LANES; }

// A part of the columns of GROUP_ROWS rows: first the steps of PRODUCT_ROWS rows in turn, then of the next.
struct tile {
    float *base;
    int64_t first, columns; // of the part
    int64_t stretches;      // whole ones and a last one with zeros
};

SLUICE_INLINE float *tile_at(
    const struct tile *tile, int64_t row, int64_t stretch, const struct float_format *f) {
    const int64_t block = row / PRODUCT_ROWS * PRODUCT_ROWS * tile->stretches + stretch * PRODUCT_ROWS;
    return tile->base + (block * f->steps + row % PRODUCT_ROWS) * LANES;
}

SLUICE_INLINE void pack_stretch(float *to, const char *from, const struct float_format *f) {
    UNROLLED for (int step = 0; step < f->steps; step++) {
        store(to + step * PRODUCT_ROWS * LANES, f->weights(from, step));
    }
}

// Asks for the same columns of the next group.
SLUICE_INLINE void pack_tile(
    const struct sluice_product *p, int64_t row, const struct tile *tile, const struct float_format *f) {
    const struct byte_rows weights = {p->weights, p->row_stride_bytes};
    for (int64_t r = 0; r < GROUP_ROWS; r++) {
        const char *from =
            row_of(weights, smallest(row + r, p->rows - 1)) + tile->first * f->weight_bytes;
        const int64_t whole = tile->columns / STRETCH;
        for (int64_t s = 0; s < whole; s++) {
            const char *stretch = from + s * STRETCH * f->weight_bytes;
            UNROLLED for (int i = 0; i < STRETCH * f->weight_bytes; i += 64) {
                __builtin_prefetch(stretch + GROUP_ROWS * weights.stride + i, 0, PREFETCH_LOCALITY);
            }
            pack_stretch(tile_at(tile, r, s, f), stretch, f);
        }
        if (whole == tile->stretches) continue;
        const struct stretch last = last_stretch(
            from + whole * STRETCH * f->weight_bytes, tile->columns % STRETCH, f->weight_bytes);
        pack_stretch(tile_at(tile, r, whole, f), last.bytes, f);
    }
}

// Adds a packed stretch of PRODUCT_ROWS rows and `tokens` tokens (a constant).
SLUICE_INLINE void add_packed(
    const float *weights, const char *const input[], lanes sum[][4], const struct float_format *f,
    const int tokens) {
    UNROLLED for (int step = 0; step < f->steps; step++) {
        lanes x[4];
        UNROLLED for (int t = 0; t < tokens; t++) x[t] = f->input(input[t], step);
        UNROLLED for (int i = 0; i < PRODUCT_ROWS; i++) {
            const lanes w = load(weights + (step * PRODUCT_ROWS + i) * LANES);
            UNROLLED for (int t = 0; t < tokens; t++) sum[i][t] = f->add(w, x[t], sum[i][t]);
        }
    }
}

// Continues the sums of PRODUCT_ROWS rows from row `r` of the tile and of `tokens` tokens (a constant), whose
// columns of the tile `input` starts with.
SLUICE_INLINE void continue_block(
    const struct tile *tile, int64_t r, struct byte_rows input, float *sums, const struct float_format *f,
    const int tokens) {
    lanes sum[PRODUCT_ROWS][4];
    const char *x[4];
    UNROLLED for (int t = 0; t < tokens; t++) {
        x[t] = row_of(input, t);
        UNROLLED for (int i = 0; i < PRODUCT_ROWS; i++) {
            sum[i][t] = tile->first == 0 ? splat(0) : load(sum_at(sums, t, r + i));
        }
    }
    const float *from = tile_at(tile, r, 0, f);
    for (int64_t s = 0; s < tile->columns / STRETCH; s++) {
        add_packed(from, x, sum, f, tokens);
        from += f->steps * PRODUCT_ROWS * LANES;
        UNROLLED for (int t = 0; t < tokens; t++) x[t] += STRETCH * f->input_bytes;
    }
    if (tile->columns % STRETCH > 0) {
        struct stretch last[4];
        UNROLLED for (int t = 0; t < tokens; t++) {
            last[t] = last_stretch(x[t], tile->columns % STRETCH, f->input_bytes);
            x[t] = last[t].bytes;
        }
        add_packed(from, x, sum, f, tokens);
    }
    UNROLLED for (int i = 0; i < PRODUCT_ROWS; i++) {
        UNROLLED for (int t = 0; t < tokens; t++) store(sum_at(sums, t, r + i), sum[i][t]);
    }
}

// The input of `tokens` tokens in a tile's columns, unpacked to `memory`, in whole stretches.
SLUICE_INLINE struct byte_rows unpack_input(
    const struct tile *tile, struct byte_rows input, float *memory, const struct float_format *f,
    const int tokens) {
    for (int t = 0; t < tokens; t++) {
        for (int64_t s = 0; s < tile->stretches; s++) {
            const char *from = row_of(input, t) + s * STRETCH * f->input_bytes;
            const int64_t columns = tile->columns - s * STRETCH;
            struct stretch last;
            if (columns < STRETCH) {
                last = last_stretch(from, columns, f->input_bytes);
                from = last.bytes;
            }
            float *to = memory + (t * tile->stretches + s) * STRETCH;
            UNROLLED for (int step = 0; step < f->steps; step++) {
                store(to + step * LANES, f->input(from, step));
            }
        }
    }
    return (struct byte_rows){(const char *)memory, tile->stretches * STRETCH * (int64_t)sizeof(float)};
}

// Continues the sums of all rows of the tile and of `tokens` tokens (a constant).
SLUICE_INLINE void continue_tokens(
    const struct tile *tile, struct byte_rows input, float *sums, float *memory, const struct float_format *f,
    const int tokens) {
    struct tile whole = *tile;
    const struct float_format *format = f;
    if (f->unpacked) {
        input = unpack_input(tile, input, memory, f, tokens);
        whole.columns = tile->stretches * STRETCH;
        format = f->unpacked;
    }
    for (int64_t r = 0; r < GROUP_ROWS; r += PRODUCT_ROWS) {
        continue_block(&whole, r, input, sums, format, tokens);
    }
}

// GROUP_ROWS rows from `row` for `tokens` (at most GROUP_TOKENS) tokens from `token`, through packed tiles.
SLUICE_INLINE void multiply_group(
    const struct sluice_product *p, struct byte_rows input, int64_t row, int64_t token, int64_t tokens,
    float *scratch, const struct float_format *f) {
    float *sums = scratch + TILE_ELEMENTS, *memory = sums + SUM_ELEMENTS;
    const int64_t tile_columns = TILE_STEPS / f->steps * STRETCH;
    for (int64_t c = 0; c < p->columns; c += tile_columns) {
        const int64_t columns = smallest(p->columns - c, tile_columns);
        const struct tile tile = {scratch, c, columns, (columns + STRETCH - 1) / STRETCH};
        pack_tile(p, row, &tile, f);
        struct byte_rows part = {row_of(input, token) + c * f->input_bytes, input.stride};
        int64_t t = 0;
        for (; t + PRODUCT_TOKENS <= tokens; t += PRODUCT_TOKENS) {
            continue_tokens(&tile, part, sum_at(sums, t, 0), memory, f, PRODUCT_TOKENS);
            part.base += PRODUCT_TOKENS * input.stride;
        }
        for (; t < tokens; t++) {
            continue_tokens(&tile, part, sum_at(sums, t, 0), memory, f, 1);
            part.base += input.stride;
        }
    }
    for (int64_t t = 0; t < tokens; t++) {
        for (int64_t r = 0; r < smallest(p->rows - row, GROUP_ROWS); r++) {
            write_sum(p, token + t, row + r, load(sum_at(sums, t, r)));
        }
    }
}

// The units first ..< first + count of `p`, whose input is the `tokens` rows `input`.
SLUICE_INLINE void multiply_floats(
    const struct sluice_product *p, struct byte_rows input, int64_t tokens, int64_t first, int64_t count,
    float *scratch, const struct float_format *f) {
    const int64_t row_units = (p->rows + p->rows_per_unit - 1) / p->rows_per_unit;
    for (int64_t unit = first; unit < first + count; unit++) {
        const int64_t row = unit % row_units * p->rows_per_unit;
        const int64_t token = unit / row_units * p->tokens_per_unit;
        const int64_t row_end = smallest(row + p->rows_per_unit, p->rows);
        const int64_t token_end = smallest(token + p->tokens_per_unit, tokens);
        if (token_end - token <= FEW_TOKENS) {
            multiply_few(p, input, row, row_end, token, token_end, f);
            continue;
        }
        // A group's input stays in the second cache while all rows meet it.
        for (int64_t t = token; t < token_end; t += GROUP_TOKENS) {
            for (int64_t r = row; r < row_end; r += GROUP_ROWS) {
                multiply_group(p, input, r, t, smallest(token_end - t, GROUP_TOKENS), scratch, f);
            }
        }
    }
}
