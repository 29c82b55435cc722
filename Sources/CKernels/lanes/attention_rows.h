// Included inside a target region: the query rows of one unit of attention and how they meet a block.
//
#include "attention_block.h"

enum { ROWS_AT_ONCE = SLUICE_ATTENTION_ROWS_AT_ONCE };

_Static_assert(ROWS_AT_ONCE % ATTENTION_ROWS == 0 && SLUICE_ATTENTION_ROWS % ROWS_AT_ONCE == 0, "tiles");
_Static_assert(KEY_GROUP <= 8 && KEY_GROUP % ATTENTION_KEYS == 0, "expanded keys");

// The largest score so far and the total of the weights against it.
struct softmax_state {
    float maximum, total;
};

// How the sums of a block join those before it: sums * grow + before * shrink.
struct merging {
    float shrink, grow;
};

// What one unit works on.
struct query_rows {
    const struct sluice_attention *p;
    int64_t kv_head, first, count;
    // The queries, padded with zeros to rows of whole lanes.
    const float *queries;
    struct softmax_state states[SLUICE_ATTENTION_ROWS];
    // Where a row's sums go: the output, or the partial result of a block.
    float *sums[SLUICE_ATTENTION_ROWS];
};

SLUICE_INLINE int64_t token_of(const struct sluice_attention *p, int64_t row) {
    return row / (p->heads / p->kv_heads);
}

SLUICE_INLINE int64_t head_of(const struct sluice_attention *p, int64_t kv_head, int64_t row) {
    const int64_t group = p->heads / p->kv_heads;
    return kv_head * group + row % group;
}

SLUICE_INLINE const float *query_of(const struct sluice_attention *p, int64_t kv_head, int64_t row) {
    return p->query.base + token_of(p, row) * p->query.stride + head_of(p, kv_head, row) * p->key_width;
}

SLUICE_INLINE int64_t first_position_seen(const struct sluice_attention *p, int64_t token) {
    const int64_t last = p->first_position + token;
    return p->window > 0 && last >= p->window ? last - p->window + 1 : 0;
}

// Nothing is { 0, 0 }.
SLUICE_INLINE struct seen seen_in_block(const struct sluice_attention *p, int64_t token, int64_t block) {
    const int64_t base = block * SLUICE_ATTENTION_BLOCK;
    const int64_t first = first_position_seen(p, token) > base ? first_position_seen(p, token) - base : 0;
    const int64_t end = smallest(p->first_position + token + 1 - base, SLUICE_ATTENTION_BLOCK);
    return first < end ? (struct seen){first, end} : (struct seen){0, 0};
}

// The rows of a key head in a block of the cache.
SLUICE_INLINE const char *rows_of_block(
    const struct sluice_attention *p, const void *rows, int64_t row_bytes, int64_t kv_head, int64_t block) {
    const int64_t first = block * SLUICE_ATTENTION_BLOCK;
    return (const char *)rows + sluice_cached_row(p->kv_heads, p->capacity, kv_head, first) * row_bytes;
}

// Scores become weights against their maximum; writes up to LANES - 1 floats behind them.
SLUICE_INLINE struct softmax_state weigh(float *scores, int64_t count) {
    for (int i = 0; i < LANES - 1; i++) scores[count + i] = -__builtin_inff();
    lanes best = splat(-__builtin_inff()), sum = splat(0);
    for (int64_t i = 0; i < count; i += LANES) best = larger(load(scores + i), best);
    const float maximum = fold_larger(best);
    for (int64_t i = 0; i < count; i += LANES) {
        const lanes weight = exponential(load(scores + i) - maximum);
        store(scores + i, weight);
        sum += weight;
    }
    return (struct softmax_state){maximum, fold(sum)};
}

SLUICE_INLINE struct merging merge_states(struct softmax_state *state, struct softmax_state block) {
    const float best = block.maximum > state->maximum ? block.maximum : state->maximum;
    const struct merging by = {exponential_of(state->maximum - best), exponential_of(block.maximum - best)};
    *state = (struct softmax_state){best, __builtin_fmaf(block.total, by.grow, state->total * by.shrink)};
    return by;
}

SLUICE_INLINE lanes merge(lanes before, lanes sum, struct merging by) {
    return fused(sum, splat(by.grow), before * by.shrink);
}

// A row's sums over a block join those before it, or stay a result of their own.
SLUICE_INLINE struct merging join(struct query_rows *rows, int64_t r, struct softmax_state block) {
    if (!rows->p->partials) return merge_states(&rows->states[r], block);
    rows->states[r] = block;
    return (struct merging){0, 1};
}

SLUICE_INLINE void deliver(
    const struct query_rows *rows, int64_t r, int64_t column, lanes sum, struct merging by, int64_t count) {
    float *target = rows->sums[r] + column;
    if (rows->p->partials) store_some(target, sum, count);
    else store_some(target, merge(load_some(target, count), sum, by), count);
}

// One query row meets one block.
SLUICE_INLINE void attend_alone(
    struct query_rows *rows, int64_t block, float *scores, const bool half_rows) {
    const struct sluice_attention *p = rows->p;
    const struct seen seen = seen_in_block(p, token_of(p, rows->first), block);
    if (seen.end == 0) return;
    const char *keys = rows_of_block(p, p->keys, p->key_row_bytes, rows->kv_head, block);
    const char *values = rows_of_block(p, p->values, p->value_row_bytes, rows->kv_head, block);
    score_row(rows->queries, keys, p->key_row_bytes, p->key_width, p->scale, seen, scores, half_rows);
    const struct merging by = join(rows, 0, weigh(scores + seen.first, seen.end - seen.first));
    const int64_t width = p->value_width, step = ATTENTION_COLUMNS_ALONE * LANES;
    lanes sums[ATTENTION_COLUMNS_ALONE];
    int64_t c = 0;
    for (; c + step <= width; c += step) {
        weigh_values(
            scores, values, p->value_row_bytes, c, width - c, seen, sums, ATTENTION_COLUMNS_ALONE, half_rows,
            true);
        for (int v = 0; v < ATTENTION_COLUMNS_ALONE; v++) deliver(rows, 0, c + v * LANES, sums[v], by, LANES);
    }
    for (; c + LANES <= width; c += LANES) {
        weigh_values(scores, values, p->value_row_bytes, c, LANES, seen, sums, 1, half_rows, true);
        deliver(rows, 0, c, sums[0], by, LANES);
    }
    if (c == width) return;
    weigh_values(scores, values, p->value_row_bytes, c, width - c, seen, sums, 1, half_rows, false);
    deliver(rows, 0, c, sums[0], by, width - c);
}

// Scores of all rows of a tile group against the positions `any`.
SLUICE_INLINE void score_together(
    const struct query_rows *rows, int64_t first, int64_t count, int64_t block, struct seen any,
    float *scores, float *expanded, const bool half_rows) {
    const struct sluice_attention *p = rows->p;
    const int64_t stride = sluice_whole_lanes(p->key_width), bytes = p->key_row_bytes;
    const float *queries = rows->queries + first * stride;
    const char *keys = rows_of_block(p, p->keys, bytes, rows->kv_head, block);
    for (int64_t i = any.first; i < any.end; i += KEY_GROUP) {
        const int64_t some = smallest(KEY_GROUP, any.end - i);
        expand_rows(keys + i * bytes, bytes, p->key_width, some, expanded, half_rows);
        for (int64_t r = 0; r < count; r += ATTENTION_ROWS) {
            score_tile(queries + r * stride, expanded, stride, p->scale, scores + r * SCORE_STRIDE + i);
        }
    }
}

// Adds `count` values from position `base` to the sums of a tile of rows. What all of them see is read once
// for all; what comes before and after, row by row: every row's order stays ascending.
SLUICE_INLINE void add_tile(
    const float *weights, const float *values, int64_t stride, const struct seen *seen, int64_t base,
    int64_t count, float *sums) {
    int64_t first[ATTENTION_ROWS], end[ATTENTION_ROWS], common_first = 0, common_end = count;
    for (int h = 0; h < ATTENTION_ROWS; h++) {
        first[h] = seen[h].first > base ? seen[h].first - base : 0;
        end[h] = smallest(seen[h].end - base, count);
        common_first = first[h] > common_first ? first[h] : common_first;
        common_end = smallest(end[h], common_end);
    }
    if (common_first >= common_end) common_first = common_end = count;
    for (int h = 0; h < ATTENTION_ROWS; h++) {
        add_values(
            weights + h * SCORE_STRIDE, values, stride, first[h], smallest(common_first, end[h]),
            sums + h * stride, 1);
    }
    add_values(weights, values, stride, common_first, common_end, sums, ATTENTION_ROWS);
    for (int h = 0; h < ATTENTION_ROWS; h++) {
        add_values(weights + h * SCORE_STRIDE, values, stride, common_end, end[h], sums + h * stride, 1);
    }
}

// Up to ROWS_AT_ONCE query rows from `first` meet one block.
SLUICE_INLINE void attend_together(
    struct query_rows *rows, int64_t first, int64_t block, float *scratch, const bool half_rows) {
    const struct sluice_attention *p = rows->p;
    const int64_t stride = sluice_whole_lanes(p->value_width), bytes = p->value_row_bytes;
    const int64_t count = smallest(ROWS_AT_ONCE, rows->count - first);
    float *scores = scratch, *sums = scores + ROWS_AT_ONCE * SCORE_STRIDE;
    float *expanded = sums + ROWS_AT_ONCE * stride;
    struct seen seen[ROWS_AT_ONCE], any = {SLUICE_ATTENTION_BLOCK, 0};
    for (int64_t r = 0; r < ROWS_AT_ONCE; r++) {
        // Rows that only fill the last tile do as the last one.
        seen[r] = r < count ? seen_in_block(p, token_of(p, rows->first + first + r), block) : seen[r - 1];
        if (seen[r].end == 0) continue;
        any.first = smallest(any.first, seen[r].first);
        any.end = seen[r].end > any.end ? seen[r].end : any.end;
    }
    if (any.end == 0) return;
    score_together(rows, first, count, block, any, scores, expanded, half_rows);
    struct merging by[ROWS_AT_ONCE];
    for (int64_t r = 0; r < count; r++) {
        float *weights = scores + r * SCORE_STRIDE + seen[r].first;
        if (seen[r].end > 0) by[r] = join(rows, first + r, weigh(weights, seen[r].end - seen[r].first));
    }
    memset(sums, 0, sizeof(float) * (size_t)(ROWS_AT_ONCE * stride));
    const char *values = rows_of_block(p, p->values, bytes, rows->kv_head, block);
    const int64_t step = SLUICE_ATTENTION_EXPANDED / stride;
    for (int64_t i = any.first; i < any.end; i += step) {
        const int64_t some = smallest(step, any.end - i);
        expand_rows(values + i * bytes, bytes, p->value_width, some, expanded, half_rows);
        for (int64_t r = 0; r < count; r += ATTENTION_ROWS) {
            add_tile(
                scores + r * SCORE_STRIDE + i, expanded, stride, seen + r, i, some, sums + r * stride);
        }
    }
    for (int64_t r = 0; r < count; r++) {
        if (seen[r].end == 0) continue;
        for (int64_t c = 0; c < p->value_width; c += LANES) {
            deliver(rows, first + r, c, load(sums + r * stride + c), by[r], p->value_width - c);
        }
    }
}

SLUICE_INLINE int64_t whole_tiles(int64_t rows) {
    return (rows + ATTENTION_ROWS - 1) / ATTENTION_ROWS * ATTENTION_ROWS;
}

// Copies the queries, padded with zeros to whole lanes and whole tiles; a single one is used where it lies.
SLUICE_INLINE void gather_queries(struct query_rows *rows, float *scratch) {
    const struct sluice_attention *p = rows->p;
    const int64_t stride = sluice_whole_lanes(p->key_width);
    for (int64_t r = 0; r < whole_tiles(rows->count); r++) {
        float *to = scratch + r * stride;
        const int64_t row = rows->first + r, filled = r < rows->count ? p->key_width : 0;
        if (filled > 0) memcpy(to, query_of(p, rows->kv_head, row), sizeof(float) * (size_t)filled);
        memset(to + filled, 0, sizeof(float) * (size_t)(stride - filled));
    }
    rows->queries = scratch;
}

// A unit's rows meet the blocks first ..< end in turn.
SLUICE_INLINE void attend(
    struct query_rows *rows, int64_t first, int64_t end, float *scratch, const bool half_rows) {
    const struct sluice_attention *p = rows->p;
    if (rows->count == 1) {
        rows->queries = query_of(p, rows->kv_head, rows->first);
        for (int64_t block = first; block < end; block++) attend_alone(rows, block, scratch, half_rows);
        return;
    }
    gather_queries(rows, scratch);
    scratch += whole_tiles(rows->count) * sluice_whole_lanes(p->key_width);
    for (int64_t block = first; block < end; block++) {
        for (int64_t r = 0; r < rows->count; r += ROWS_AT_ONCE) {
            attend_together(rows, r, block, scratch, half_rows);
        }
    }
}
