// Included inside a target region: norms, elementwise operations, softmax and reductions over rows.

SLUICE_INLINE float sum_of(const float *values, int64_t count) {
    lanes sum = splat(0);
    for (int64_t i = 0; i < count; i += LANES) sum += load_some(values + i, count - i);
    return fold(sum);
}

static void rms_norm(const void *arguments, int64_t first, int64_t count, float *scratch) {
    (void)scratch;
    const struct sluice_norm *p = arguments;
    const int64_t columns = p->input.columns;
    for (int64_t row = first; row < first + count; row++) {
        const float *input = p->input.base + row * p->input.stride;
        float *output = p->output.base + row * p->output.stride;
        const float mean = fold(accumulate(input, input, columns, splat(0))) / (float)columns;
        const float factor = 1 / __builtin_sqrtf(mean + p->epsilon);
        for (int64_t i = 0; i < columns; i += LANES) {
            const int64_t left = columns - i;
            const lanes value = load_some(input + i, left) * factor * load_some(p->weight + i, left);
            store_some(output + i, value, left);
        }
    }
}

static void layer_norm(const void *arguments, int64_t first, int64_t count, float *scratch) {
    (void)scratch;
    const struct sluice_norm *p = arguments;
    const int64_t columns = p->input.columns;
    for (int64_t row = first; row < first + count; row++) {
        const float *input = p->input.base + row * p->input.stride;
        float *output = p->output.base + row * p->output.stride;
        const float mean = sum_of(input, columns) / (float)columns;
        lanes squares = splat(0);
        for (int64_t i = 0; i < columns; i += LANES) {
            // The padding behind a row must not count as a value of minus the mean.
            lanes deviation = load_some(input + i, columns - i) - mean;
            if (columns - i < LANES) {
                float kept[LANES] = {0};
                store_some(kept, deviation, columns - i);
                deviation = load(kept);
            }
            squares = fused(deviation, deviation, squares);
        }
        const float factor = 1 / __builtin_sqrtf(fold(squares) / (float)columns + p->epsilon);
        for (int64_t i = 0; i < columns; i += LANES) {
            const int64_t left = columns - i;
            lanes value = (load_some(input + i, left) - mean) * factor * load_some(p->weight + i, left);
            if (p->bias) value += load_some(p->bias + i, left);
            store_some(output + i, value, left);
        }
    }
}

// One elementwise operation: EXPRESSION of the lanes a (first), b (second) and c (output).
#define SLUICE_ELEMENTWISE(name, EXPRESSION) \
    static void name(const void *arguments, int64_t first, int64_t count, float *scratch) { \
        (void)scratch; \
        const struct sluice_elementwise *p = arguments; \
        const int64_t columns = p->output.columns; \
        for (int64_t row = first; row < first + count; row++) { \
            const float *first_row = p->first.base + row * p->first.stride; \
            const float *second_row = p->second.base + row * p->second.stride; \
            float *output = p->output.base + row * p->output.stride; \
            for (int64_t i = 0; i < columns; i += LANES) { \
                const int64_t left = columns - i; \
                const lanes a = load_some(first_row + i, left), b = load_some(second_row + i, left); \
                const lanes c = load_some(output + i, left); \
                (void)a, (void)b, (void)c; \
                store_some(output + i, EXPRESSION, left); \
            } \
        } \
    }

SLUICE_ELEMENTWISE(add_scaled, c + p->alpha * a)
SLUICE_ELEMENTWISE(scale, c * p->alpha)
SLUICE_ELEMENTWISE(multiply, a * b)
SLUICE_ELEMENTWISE(silu, silu_of(a))
SLUICE_ELEMENTWISE(sigmoid, sigmoid_of(a))
SLUICE_ELEMENTWISE(swiglu, silu_of(a) * b)

SLUICE_INLINE lanes clamped_swiglu_of(lanes gate, lanes up, float alpha, float limit) {
    gate = smaller(splat(limit), gate);
    up = larger(splat(-limit), smaller(splat(limit), up));
    return (up + 1.0f) * (gate * sigmoid_of(gate * alpha));
}

SLUICE_ELEMENTWISE(clamped_swiglu_separate, clamped_swiglu_of(a, b, p->alpha, p->limit))

static void clamped_swiglu(const void *arguments, int64_t first, int64_t count, float *scratch) {
    const struct sluice_elementwise *p = arguments;
    if (!p->interleaved) {
        clamped_swiglu_separate(arguments, first, count, scratch);
        return;
    }
    for (int64_t row = first; row < first + count; row++) {
        const float *pairs = p->first.base + row * p->first.stride;
        float *output = p->output.base + row * p->output.stride;
        for (int64_t i = 0; i < p->output.columns; i += LANES) {
            const int64_t left = p->output.columns - i < LANES ? p->output.columns - i : LANES;
            float gate[LANES] = {0}, up[LANES] = {0};
            for (int64_t j = 0; j < left; j++) {
                gate[j] = pairs[2 * (i + j)];
                up[j] = pairs[2 * (i + j) + 1];
            }
            store_some(output + i, clamped_swiglu_of(load(gate), load(up), p->alpha, p->limit), left);
        }
    }
}

static float largest(const float *values, int64_t count) {
    lanes best = splat(-__builtin_inff());
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) best = larger(load(values + i), best);
    float result = fold_larger(best);
    for (; i < count; i++) result = values[i] > result ? values[i] : result;
    return result;
}

static void softmax(const void *arguments, int64_t first, int64_t count, float *scratch) {
    (void)scratch;
    const struct sluice_elementwise *p = arguments;
    const int64_t columns = p->output.columns;
    for (int64_t row = first; row < first + count; row++) {
        const float *input = p->first.base + row * p->first.stride;
        float *output = p->output.base + row * p->output.stride;
        const float best = largest(input, columns);
        for (int64_t i = 0; i < columns; i += LANES) {
            store_some(output + i, exponential(load_some(input + i, columns - i) - best), columns - i);
        }
        const float total = sum_of(output, columns);
        for (int64_t i = 0; i < columns; i++) output[i] = output[i] / total;
    }
}

static int64_t argmax(const float *values, int64_t count) {
    const float best = largest(values, count);
    for (int64_t i = 0; i < count; i++) {
        if (values[i] == best) return i;
    }
    return 0;
}

static void rotate(const void *arguments, int64_t first, int64_t count, float *scratch) {
    (void)scratch;
    const struct sluice_rotation *p = arguments;
    const int64_t pairs = p->table.columns / 2;
    // Partners and the step from one pair to the next.
    const int64_t distance = p->interleaved ? 1 : pairs;
    const int64_t step = p->interleaved ? 2 : 1;
    for (int64_t row = first; row < first + count; row++) {
        const float *cosines = p->table.base + p->positions[row] * p->table.stride;
        const float *sines = cosines + pairs;
        for (int64_t head = 0; head < p->target.columns; head += p->head_size) {
            float *x = p->target.base + row * p->target.stride + head + p->offset;
            for (int64_t i = 0; i < pairs; i++) {
                const float a = x[i * step], b = x[i * step + distance];
                x[i * step] = a * cosines[i] - b * sines[i];
                x[i * step + distance] = b * cosines[i] + a * sines[i];
            }
        }
    }
}
