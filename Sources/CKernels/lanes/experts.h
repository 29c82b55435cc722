// Included inside a target region, after rows.h and quantize.h: what an expert is besides its products.

static void gather(const void *arguments, int64_t first, int64_t count, float *scratch) {
    (void)scratch;
    const struct sluice_gather *p = arguments;
    for (int64_t i = first; i < first + count; i++) {
        const char *source = (const char *)p->source + p->rows[i] * p->source_stride_bytes;
        memcpy((char *)p->target + i * p->target_stride_bytes, source, (size_t)p->row_bytes);
    }
}

// Rows row ..< row + rows of a product for tokens token ..< token + tokens, as a product of its own with one
// unit.
SLUICE_INLINE struct sluice_product part_of(
    const struct sluice_product *p, int64_t row, int64_t rows, int64_t token, int64_t tokens, float *sums) {
    struct sluice_product part = *p;
    part.weights = (const char *)p->weights + row * p->row_stride_bytes;
    part.rows = rows;
    part.rows_per_unit = (rows + 15) / 16 * 16;
    part.tokens_per_unit = tokens;
    part.bias = p->bias ? p->bias + row : p->bias;
    part.input.base += token * p->input.stride;
    part.input.rows = tokens;
    part.quantized.base = (char *)p->quantized.base + token * p->quantized.stride_bytes;
    part.quantized.rows = tokens;
    part.output = (struct sluice_matrix){sums, tokens, rows, rows};
    return part;
}

static void expert_inner(const void *arguments, int64_t first, int64_t count, float *scratch) {
    const struct sluice_expert_inner *p = arguments;
    const int64_t unit_rows = p->gate.rows_per_unit, unit_tokens = p->gate.tokens_per_unit;
    const int64_t row_units = (p->gate.rows + unit_rows - 1) / unit_rows;
    float *gates = scratch + SLUICE_SCRATCH_ELEMENTS, *ups = gates + SLUICE_INNER_ELEMENTS;
    for (int64_t unit = first; unit < first + count; unit++) {
        const int64_t row = unit % row_units * unit_rows, token = unit / row_units * unit_tokens;
        const int64_t rows = smallest(p->gate.rows - row, unit_rows);
        const int64_t tokens = smallest(p->inner.rows - token, unit_tokens);
        const struct sluice_product gate = part_of(&p->gate, row, rows, token, tokens, gates);
        const struct sluice_product up = part_of(&p->up, row, rows, token, tokens, ups);
        p->gate_product(&gate, 0, 1, scratch);
        p->up_product(&up, 0, 1, scratch);
        struct sluice_elementwise activation = {
            .first = gate.output, .second = up.output, .output = gate.output, .alpha = p->alpha,
            .limit = p->limit};
        if (!p->quantizes) {
            float *inner = p->inner.base + token * p->inner.stride + row;
            activation.output = (struct sluice_matrix){inner, tokens, rows, p->inner.stride};
        }
        if (p->clamps) clamped_swiglu_separate(&activation, 0, tokens, scratch);
        else swiglu(&activation, 0, tokens, scratch);
        if (!p->quantizes) continue;
        struct sluice_quantization quantization = {gate.output, p->quantized, row};
        quantization.output.base = (char *)p->quantized.base + token * p->quantized.stride_bytes;
        quantize(&quantization, 0, tokens, scratch);
    }
}

static void ranked_sum(const void *arguments, int64_t first, int64_t count, float *scratch) {
    (void)scratch;
    const struct sluice_ranked_sum *p = arguments;
    const int64_t ranks = p->weights.columns;
    for (int64_t t = first; t < first + count; t++) {
        const float *weights = p->weights.base + t * p->weights.stride;
        const int32_t *row_of = p->row_of + t * ranks;
        float *output = p->output.base + t * p->output.stride;
        for (int64_t i = 0; i < p->output.columns; i += LANES) {
            const int64_t left = p->output.columns - i;
            lanes sum = load_some(output + i, left);
            for (int64_t r = 0; r < ranks; r++) {
                sum += weights[r] * load_some(p->rows.base + row_of[r] * p->rows.stride + i, left);
            }
            store_some(output + i, sum, left);
        }
    }
}
