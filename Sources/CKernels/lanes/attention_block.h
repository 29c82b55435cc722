// Included inside a target region: query rows of one key head against the cached rows of one block.
//
// A row's scores, weights and sums have an order of their own, so that it does not matter which rows are
// computed beside it: element c of a dot product goes to lane c % 16, position i of a sum of weights, counted
// from the first that is seen, to lane i % 16, and values are added position by position.

enum {
    // Floats from one query row's scores to the next; the padding is written by whole lanes.
    SCORE_STRIDE = SLUICE_ATTENTION_BLOCK + LANES,
    // Keys that meet a tile of query rows at once: their sums fold together.
    KEY_GROUP = LANES / ATTENTION_ROWS,
};

// Positions first ..< end of a block, counted from its first.
struct seen {
    int64_t first, end;
};

// Sixteen elements of a cached row.
SLUICE_INLINE lanes load_cached(const char *row, int64_t element, const bool half_rows) {
    return half_rows ? load_half_lanes(row + 2 * element) : load((const float *)(const void *)row + element);
}

// The first `count` of them, fewer than sixteen, and zeros.
SLUICE_INLINE lanes load_some_cached(const char *row, int64_t element, int64_t count, const bool half_rows) {
    if (!half_rows) return load_some((const float *)(const void *)row + element, count);
    uint16_t padded[LANES] = {0};
    for (int64_t i = 0; i < count; i++) memcpy(padded + i, row + 2 * (element + i), sizeof(uint16_t));
    return load_half_lanes(padded);
}

// `count` cached rows as floats, padded with zeros to whole lanes.
SLUICE_INLINE void expand_rows(
    const char *rows, int64_t row_bytes, int64_t width, int64_t count, float *output, const bool half_rows) {
    const int64_t stride = sluice_whole_lanes(width);
    for (int64_t i = 0; i < count; i++) {
        const char *row = rows + i * row_bytes;
        int64_t c = 0;
        for (; c + LANES <= width; c += LANES) store(output + i * stride + c, load_cached(row, c, half_rows));
        if (c < width) store(output + i * stride + c, load_some_cached(row, c, width - c, half_rows));
    }
}

// Lane j of the result is fold(sums[j]). The last two steps stay within quarters of a register, which is why
// the sums are taken in the order 0, 4, 8, 12, 1, 5, ...
SLUICE_INLINE lanes fold_each(const lanes *sums) {
    lanes a[8], b[4], c[2];
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i++) {
        const lanes x = sums[2 * i % 4 * 4 + i / 2], y = sums[2 * i % 4 * 4 + 4 + i / 2];
        a[i] = __builtin_shufflevector(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
            + __builtin_shufflevector(x, y, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
        const lanes x = a[2 * i], y = a[2 * i + 1];
        b[i] = __builtin_shufflevector(x, y, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
            + __builtin_shufflevector(x, y, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 2; i++) {
        const lanes x = b[2 * i], y = b[2 * i + 1];
        c[i] = __builtin_shufflevector(x, y, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
            + __builtin_shufflevector(x, y, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    }
    return __builtin_shufflevector(c[0], c[1], 0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28, 30)
        + __builtin_shufflevector(c[0], c[1], 1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29, 31);
}

// MARK: - One query row

SLUICE_INLINE lanes multiply_key(const float *query, const char *key, int64_t width, const bool half_rows) {
    lanes sum = splat(0);
    int64_t c = 0;
    for (; c + LANES <= width; c += LANES) sum = fused(load(query + c), load_cached(key, c, half_rows), sum);
    if (c == width) return sum;
    return fused(load_some(query + c, width - c), load_some_cached(key, c, width - c, half_rows), sum);
}

// scores[i] = scale * dot(query, key i), keys read once and in their order.
SLUICE_INLINE void score_row(
    const float *query, const char *keys, int64_t row_bytes, int64_t width, float scale, struct seen seen,
    float *scores, const bool half_rows) {
    int64_t i = seen.first;
    for (; i + LANES <= seen.end; i += LANES) {
        lanes sums[LANES];
        for (int j = 0; j < LANES; j++) {
            sums[j] = multiply_key(query, keys + (i + j) * row_bytes, width, half_rows);
        }
        store(scores + i, fold_each(sums) * scale);
    }
    for (; i < seen.end; i++) {
        scores[i] = fold(multiply_key(query, keys + i * row_bytes, width, half_rows)) * scale;
    }
}

// sums[v] = the weighted values of `vectors` lanes from `column`, `left` elements of which exist where they
// are not `whole`.
SLUICE_INLINE void weigh_values(
    const float *weights, const char *values, int64_t row_bytes, int64_t column, int64_t left,
    struct seen seen, lanes *sums, const int vectors, const bool half_rows, const bool whole) {
    lanes sum[LANES];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[v] = splat(0);
    for (int64_t i = seen.first; i < seen.end; i++) {
        const lanes weight = splat(weights[i]);
        const char *row = values + i * row_bytes;
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            const int64_t element = column + v * LANES;
            const lanes value = whole ? load_cached(row, element, half_rows)
                                      : load_some_cached(row, element, left, half_rows);
            sum[v] = fused(weight, value, sum[v]);
        }
    }
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sums[v] = sum[v];
}

// MARK: - Many query rows

// scores[h][j] = scale * dot(query h, key j) for a tile of query rows and a group of keys, all in rows of
// `stride` floats.
SLUICE_INLINE void score_tile(
    const float *queries, const float *keys, int64_t stride, float scale, float *scores) {
    lanes sums[LANES];
#pragma clang loop unroll(full)
    for (int j = 0; j < KEY_GROUP; j += ATTENTION_KEYS) {
        lanes sum[ATTENTION_ROWS * ATTENTION_KEYS];
#pragma clang loop unroll(full)
        for (int i = 0; i < ATTENTION_ROWS * ATTENTION_KEYS; i++) sum[i] = splat(0);
        for (int64_t c = 0; c < stride; c += LANES) {
            lanes key[ATTENTION_KEYS];
#pragma clang loop unroll(full)
            for (int k = 0; k < ATTENTION_KEYS; k++) key[k] = load(keys + (j + k) * stride + c);
#pragma clang loop unroll(full)
            for (int h = 0; h < ATTENTION_ROWS; h++) {
                const lanes query = load(queries + h * stride + c);
#pragma clang loop unroll(full)
                for (int k = 0; k < ATTENTION_KEYS; k++) {
                    sum[h * ATTENTION_KEYS + k] = fused(query, key[k], sum[h * ATTENTION_KEYS + k]);
                }
            }
        }
#pragma clang loop unroll(full)
        for (int h = 0; h < ATTENTION_ROWS; h++) {
#pragma clang loop unroll(full)
            for (int k = 0; k < ATTENTION_KEYS; k++) {
                sums[h * KEY_GROUP + j + k] = sum[h * ATTENTION_KEYS + k];
            }
        }
    }
    float folded[LANES];
    store(folded, fold_each(sums) * scale);
#pragma clang loop unroll(full)
    for (int h = 0; h < ATTENTION_ROWS; h++) {
        memcpy(scores + h * SCORE_STRIDE, folded + h * KEY_GROUP, sizeof(float) * KEY_GROUP);
    }
}

// sums[h] += the weighted values first ..< end, for `rows` query rows and `vectors` lanes of them; values and
// sums are in rows of `stride` floats.
SLUICE_INLINE void add_columns(
    const float *weights, const float *values, int64_t stride, int64_t first, int64_t end, float *sums,
    const int rows, const int vectors) {
    lanes sum[LANES];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * vectors; i++) {
        sum[i] = load(sums + i / vectors * stride + i % vectors * LANES);
    }
    for (int64_t i = first; i < end; i++) {
        lanes value[LANES];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) value[v] = load(values + i * stride + v * LANES);
#pragma clang loop unroll(full)
        for (int h = 0; h < rows; h++) {
            const lanes weight = splat(weights[h * SCORE_STRIDE + i]);
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) {
                sum[h * vectors + v] = fused(weight, value[v], sum[h * vectors + v]);
            }
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * vectors; i++) {
        store(sums + i / vectors * stride + i % vectors * LANES, sum[i]);
    }
}

SLUICE_INLINE void add_values(
    const float *weights, const float *values, int64_t stride, int64_t first, int64_t end, float *sums,
    const int rows) {
    if (first >= end) return;
    int64_t c = 0;
    for (; c + ATTENTION_KEYS * LANES <= stride; c += ATTENTION_KEYS * LANES) {
        add_columns(weights, values + c, stride, first, end, sums + c, rows, ATTENTION_KEYS);
    }
    for (; c < stride; c += LANES) {
        add_columns(weights, values + c, stride, first, end, sums + c, rows, 1);
    }
}
