// Included inside a target region: attention over cached rows, and the rows' storing.

enum { TILE_POSITIONS = 64 };

SLUICE_INLINE lanes load_cached(const void *row, int64_t element, int64_t count, bool half_rows) {
    if (!half_rows) return load_some((const float *)row + element, count);
    if (count >= LANES) return load_half_lanes((const uint16_t *)row + element);
    uint16_t padded[LANES] = {0};
    for (int64_t i = 0; i < count; i++) padded[i] = ((const uint16_t *)row)[element + i];
    return load_half_lanes(padded);
}

// scores[h][i] = scale * dot(query head h, key of position first + i); `heads` and `half_rows` are constants
// at every call.
SLUICE_INLINE void score_tile(
    const struct sluice_attention *p, const float *query, const char *keys, int64_t count,
    float scores[][TILE_POSITIONS], const int heads, const bool half_rows) {
    for (int64_t i = 0; i < count; i++) {
        const char *key = keys + i * p->key_row_bytes;
        lanes sum[SLUICE_ATTENTION_HEADS];
#pragma clang loop unroll(full)
        for (int h = 0; h < heads; h++) sum[h] = splat(0);
        for (int64_t c = 0; c < p->key_width; c += LANES) {
            const int64_t left = p->key_width - c;
            const lanes k = load_cached(key, c, left, half_rows);
#pragma clang loop unroll(full)
            for (int h = 0; h < heads; h++) {
                const lanes q = load_some(query + h * p->key_width + c, left);
                sum[h] = fused(q, k, sum[h]);
            }
        }
#pragma clang loop unroll(full)
        for (int h = 0; h < heads; h++) scores[h][i] = p->scale * fold(sum[h]);
    }
}

// output[h] = output[h] * shrink[h] + sum over the tile of weights[h][i] * value i, positions ascending.
SLUICE_INLINE void add_values(
    const struct sluice_attention *p, const char *values, int64_t count, const float *shrink,
    float weights[][TILE_POSITIONS], float *output, const int heads, const bool half_rows) {
    for (int64_t c = 0; c < p->value_width; c += LANES) {
        const int64_t left = p->value_width - c;
        lanes sum[SLUICE_ATTENTION_HEADS];
#pragma clang loop unroll(full)
        for (int h = 0; h < heads; h++) sum[h] = load_some(output + h * p->value_width + c, left) * shrink[h];
        for (int64_t i = 0; i < count; i++) {
            const lanes v = load_cached(values + i * p->value_row_bytes, c, left, half_rows);
#pragma clang loop unroll(full)
            for (int h = 0; h < heads; h++) sum[h] = fused(splat(weights[h][i]), v, sum[h]);
        }
#pragma clang loop unroll(full)
        for (int h = 0; h < heads; h++) store_some(output + h * p->value_width + c, sum[h], left);
    }
}

// Scores of one head become weights against the new maximum. Returns by how much everything before the tile
// shrinks.
SLUICE_INLINE float weigh_tile(float *scores, int64_t count, float *maximum, float *total) {
    float best = *maximum;
    for (int64_t i = 0; i < count; i++) best = scores[i] > best ? scores[i] : best;
    const float shrink = exponential_of(*maximum - best);
    lanes sum = splat(0);
    for (int64_t i = 0; i < count; i += LANES) {
        const lanes weight = exponential(load_some(scores + i, count - i) - best);
        store_some(scores + i, weight, count - i);
        sum += load_some(scores + i, count - i);
    }
    *maximum = best;
    *total = *total * shrink + fold(sum);
    return shrink;
}

// Query heads head ..< head + heads of one token, all of the same key head.
SLUICE_INLINE void attend(
    const struct sluice_attention *p, int64_t token, int64_t head, const int heads, const bool half_rows) {
    const int64_t element = half_rows ? sizeof(uint16_t) : sizeof(float);
    const int64_t kv_head = head / (p->heads / p->kv_heads);
    const float *query = p->query.base + token * p->query.stride + head * p->key_width;
    float *output = p->output.base + token * p->output.stride + head * p->value_width;
    const char *key_base = (const char *)p->keys + kv_head * p->key_width * element;
    const char *value_base = (const char *)p->values + kv_head * p->value_width * element;
    float scores[SLUICE_ATTENTION_HEADS][TILE_POSITIONS];
    float maximum[SLUICE_ATTENTION_HEADS], total[SLUICE_ATTENTION_HEADS], shrink[SLUICE_ATTENTION_HEADS];
    for (int h = 0; h < heads; h++) {
        // A sink is a position seen before all others, with a value of zero.
        maximum[h] = p->sinks ? p->sinks[head + h] : -__builtin_inff();
        total[h] = p->sinks ? 1 : 0;
    }
    memset(output, 0, (size_t)(heads * p->value_width) * sizeof(float));
    const int64_t last = p->first_position + token;
    const int64_t first = p->window > 0 && last >= p->window ? last - p->window + 1 : 0;
    for (int64_t position = first; position <= last; position += TILE_POSITIONS) {
        const int64_t count = last + 1 - position < TILE_POSITIONS ? last + 1 - position : TILE_POSITIONS;
        const char *keys = key_base + position * p->key_row_bytes;
        const char *values = value_base + position * p->value_row_bytes;
        score_tile(p, query, keys, count, scores, heads, half_rows);
        for (int h = 0; h < heads; h++) shrink[h] = weigh_tile(scores[h], count, &maximum[h], &total[h]);
        add_values(p, values, count, shrink, scores, output, heads, half_rows);
    }
    for (int h = 0; h < heads; h++) {
        const float factor = total[h] > 0 ? 1 / total[h] : total[h];
        for (int64_t i = 0; i < p->value_width; i++) output[h * p->value_width + i] *= factor;
    }
}

static void attention(const void *arguments, int64_t first, int64_t count, float *scratch) {
    (void)scratch;
    const struct sluice_attention *p = arguments;
    const int64_t heads_per_key = p->heads / p->kv_heads;
    const int64_t parts = (heads_per_key + SLUICE_ATTENTION_HEADS - 1) / SLUICE_ATTENTION_HEADS;
    for (int64_t unit = first; unit < first + count; unit++) {
        const int64_t part = unit % parts;
        const int64_t token = unit / parts / p->kv_heads;
        int64_t head = unit / parts % p->kv_heads * heads_per_key + part * SLUICE_ATTENTION_HEADS;
        const int64_t left = heads_per_key - part * SLUICE_ATTENTION_HEADS;
        if (left >= SLUICE_ATTENTION_HEADS) {
            if (p->half_rows) attend(p, token, head, SLUICE_ATTENTION_HEADS, true);
            else attend(p, token, head, SLUICE_ATTENTION_HEADS, false);
            continue;
        }
        for (const int64_t end = head + left; head < end; head++) {
            if (p->half_rows) attend(p, token, head, 1, true);
            else attend(p, token, head, 1, false);
        }
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
        const float *input = p->input.base + t * p->input.stride;
        void *row = (char *)p->rows + (p->first_position + t) * p->row_bytes;
        if (p->half_rows) floats_to_halves(input, row, p->input.columns);
        else memcpy(row, input, (size_t)p->input.columns * sizeof(float));
    }
}
