// Included inside a target region: the steps of gated linear attention.

static void delta_rule_step(const struct sluice_delta_rule *p, int64_t token, int64_t head) {
    const int64_t key_head = head / (p->value_heads / p->key_heads);
    const float *query = p->query.base + token * p->query.stride + key_head * p->key_width;
    const float *key = p->key.base + token * p->key.stride + key_head * p->key_width;
    const float *value = p->value.base + token * p->value.stride + head * p->value_width;
    const float decay = exponential_of(p->decay.base[token * p->decay.stride + head]);
    const float beta = p->beta.base[token * p->beta.stride + head];
    float *state = p->state.base + head * p->key_width * p->state.stride;
    float *output = p->output.base + token * p->output.stride + head * p->value_width;
    // Columns of the state are independent: 16 at a time, over all rows.
    for (int64_t c = 0; c < p->value_width; c += LANES) {
        const int64_t left = p->value_width - c;
        lanes recalled = splat(0);
        for (int64_t k = 0; k < p->key_width; k++) {
            float *at = state + k * p->state.stride + c;
            const lanes kept = load_some(at, left) * decay;
            store_some(at, kept, left);
            recalled = fused(splat(key[k]), kept, recalled);
        }
        const lanes correction = (load_some(value + c, left) - recalled) * beta;
        lanes result = splat(0);
        for (int64_t k = 0; k < p->key_width; k++) {
            float *at = state + k * p->state.stride + c;
            const lanes updated = fused(splat(key[k]), correction, load_some(at, left));
            store_some(at, updated, left);
            result = fused(splat(query[k]), updated, result);
        }
        store_some(output + c, result, left);
    }
}

static void delta_rule(const void *arguments, int64_t first, int64_t count, float *scratch) {
    (void)scratch;
    const struct sluice_delta_rule *p = arguments;
    for (int64_t head = first; head < first + count; head++) {
        for (int64_t token = 0; token < p->query.rows; token++) delta_rule_step(p, token, head);
    }
}

static void convolution(const void *arguments, int64_t first, int64_t count, float *scratch) {
    (void)scratch;
    const struct sluice_convolution *p = arguments;
    const int64_t taps = p->weight.columns;
    for (int64_t unit = first; unit < first + count; unit++) {
        const int64_t channel = unit * SLUICE_CONVOLUTION_CHANNELS;
        const int64_t channels = p->input.columns - channel < LANES ? p->input.columns - channel : LANES;
        // Taps and the moving window of inputs, by tap and then by channel.
        float weight[SLUICE_CONVOLUTION_TAPS][LANES] = {{0}};
        lanes window[SLUICE_CONVOLUTION_TAPS];
        for (int64_t c = 0; c < channels; c++) {
            const float *from = p->weight.base + (channel + c) * p->weight.stride;
            for (int64_t j = 0; j < taps; j++) weight[j][c] = from[j];
        }
        float *history = p->history.base + channel;
        for (int64_t j = 0; j + 1 < taps; j++) {
            window[j] = load_some(history + j * p->history.stride, channels);
        }
        for (int64_t token = 0; token < p->input.rows; token++) {
            window[taps - 1] = load_some(p->input.base + token * p->input.stride + channel, channels);
            lanes sum = splat(0);
            for (int64_t j = 0; j < taps; j++) sum = fused(load(weight[j]), window[j], sum);
            store_some(p->output.base + token * p->output.stride + channel, silu_of(sum), channels);
            for (int64_t j = 0; j + 1 < taps; j++) window[j] = window[j + 1];
        }
        for (int64_t j = 0; j + 1 < taps; j++) {
            store_some(history + j * p->history.stride, window[j], channels);
        }
    }
}
