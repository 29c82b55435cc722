// Included inside a target region: the product with the matrix transposed.

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
