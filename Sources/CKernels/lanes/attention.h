// Included inside a target region: attention over cached rows, and the rows' storing.

#include "attention_rows.h"

// The partial result of a row in a block: its maximum, its total, and its sums from the sixteenth float on.
SLUICE_INLINE float *partial_of(
    const struct sluice_attention *p, int64_t block, int64_t token, int64_t head) {
    const int64_t row = ((block - p->first_block) * p->query.rows + token) * p->heads + head;
    return p->partials + row * sluice_attention_partial_elements(p->value_width);
}

SLUICE_INLINE struct softmax_state first_state(const struct sluice_attention *p, int64_t head) {
    // A sink is a position seen before all others, with a value of zero.
    if (p->sinks) return (struct softmax_state){p->sinks[head], 1};
    return (struct softmax_state){-__builtin_inff(), 0};
}

SLUICE_INLINE void divide_by_total(float *output, int64_t count, float total) {
    const float factor = total > 0 ? 1 / total : total;
    for (int64_t i = 0; i < count; i++) output[i] *= factor;
}

SLUICE_INLINE void attend_all_blocks(struct query_rows *rows, float *scratch) {
    const struct sluice_attention *p = rows->p;
    for (int64_t r = 0; r < rows->count; r++) {
        const int64_t token = token_of(p, rows->first + r);
        const int64_t head = head_of(p, rows->kv_head, rows->first + r);
        rows->sums[r] = p->output.base + token * p->output.stride + head * p->value_width;
        rows->states[r] = first_state(p, head);
        memset(rows->sums[r], 0, sizeof(float) * (size_t)p->value_width);
    }
    const int64_t first = first_position_seen(p, token_of(p, rows->first)) / SLUICE_ATTENTION_BLOCK;
    const int64_t last = p->first_position + token_of(p, rows->first + rows->count - 1);
    const int64_t end = last / SLUICE_ATTENTION_BLOCK + 1;
    if (p->half_rows) attend(rows, first, end, scratch, true);
    else attend(rows, first, end, scratch, false);
    for (int64_t r = 0; r < rows->count; r++) {
        divide_by_total(rows->sums[r], p->value_width, rows->states[r].total);
    }
}

SLUICE_INLINE void attend_one_block(struct query_rows *rows, int64_t block, float *scratch) {
    const struct sluice_attention *p = rows->p;
    float *partials[SLUICE_ATTENTION_ROWS];
    for (int64_t r = 0; r < rows->count; r++) {
        const int64_t row = rows->first + r;
        partials[r] = partial_of(p, block, token_of(p, row), head_of(p, rows->kv_head, row));
        rows->sums[r] = partials[r] + LANES;
    }
    if (p->half_rows) attend(rows, block, block + 1, scratch, true);
    else attend(rows, block, block + 1, scratch, false);
    for (int64_t r = 0; r < rows->count; r++) {
        if (seen_in_block(p, token_of(p, rows->first + r), block).end == 0) continue;
        partials[r][0] = rows->states[r].maximum;
        partials[r][1] = rows->states[r].total;
    }
}

static void attention(const void *arguments, int64_t first, int64_t count, float *scratch) {
    const struct sluice_attention *p = arguments;
    const int64_t row_count = p->query.rows * (p->heads / p->kv_heads);
    const int64_t parts = (row_count + p->rows_per_unit - 1) / p->rows_per_unit;
    for (int64_t unit = first; unit < first + count; unit++) {
        const int64_t row = unit % parts * p->rows_per_unit;
        struct query_rows rows;
        rows.p = p;
        rows.kv_head = unit / parts % p->kv_heads;
        rows.first = row;
        rows.count = smallest(p->rows_per_unit, row_count - row);
        if (p->partials) attend_one_block(&rows, p->first_block + unit / parts / p->kv_heads, scratch);
        else attend_all_blocks(&rows, scratch);
    }
}

static void merge_attention(const void *arguments, int64_t first, int64_t count, float *scratch) {
    (void)scratch;
    const struct sluice_attention *p = arguments;
    for (int64_t unit = first; unit < first + count; unit++) {
        const int64_t token = unit / p->heads, head = unit % p->heads;
        float *output = p->output.base + token * p->output.stride + head * p->value_width;
        struct softmax_state state = first_state(p, head);
        memset(output, 0, sizeof(float) * (size_t)p->value_width);
        for (int64_t block = p->first_block; block < p->first_block + p->block_count; block++) {
            if (seen_in_block(p, token, block).end == 0) continue;
            const float *partial = partial_of(p, block, token, head);
            const struct merging by = merge_states(&state, (struct softmax_state){partial[0], partial[1]});
            for (int64_t c = 0; c < p->value_width; c += LANES) {
                const int64_t left = p->value_width - c;
                const lanes before = load_some(output + c, left);
                store_some(output + c, merge(before, load_some(partial + LANES + c, left), by), left);
            }
        }
        divide_by_total(output, p->value_width, state.total);
    }
}

static void floats_to_halves(const float *restrict values, uint16_t *restrict output, int64_t count) {
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) store_half_lanes(output + i, load(values + i));
    for (; i < count; i++) output[i] = sluice_half_bits_from_float(values[i]);
}

static void store_rows(const void *arguments, int64_t first, int64_t count, float *scratch) {
    (void)scratch;
    const struct sluice_row_store *p = arguments;
    for (int64_t t = first; t < first + count; t++) {
        const int64_t width = p->input.columns / p->heads;
        for (int64_t h = 0; h < p->heads; h++) {
            const float *input = p->input.base + t * p->input.stride + h * width;
            const int64_t row = sluice_cached_row(p->heads, p->capacity, h, p->first_position + t);
            void *to = (char *)p->rows + row * p->row_bytes;
            if (p->half_rows) floats_to_halves(input, to, width);
            else memcpy(to, input, (size_t)width * sizeof(float));
        }
    }
}
