// Quantization of inputs, and products.
#include "check.h"

// A product's shape.
struct shape {
    int64_t rows, tokens, blocks;
};

// Quantizes `input` by the scalar kernel; the kernels of other sets have trials of their own.
static struct sluice_quantized quantized(struct sluice_matrix input, int64_t block_elements) {
    const int64_t bytes = sluice_quantized_row_bytes(input.columns, block_elements);
    const struct sluice_quantization arguments = {
        .input = input,
        .output = {memory(input.rows * bytes), input.rows, input.columns, bytes, block_elements}};
    float unused;
    sluice_operations(SLUICE_SCALAR)->quantize(&arguments, 0, input.rows, &unused);
    return arguments.output;
}

static void check_quantization(int64_t rows, int64_t columns, int64_t block, enum mode mode) {
    const int64_t bytes = sluice_quantized_row_bytes(columns, block);
    struct sluice_quantization arguments = {
        .input = matrix(rows, columns, mode),
        .output = {memory(rows * bytes), rows, columns, bytes, block}};
    struct trial trial = {
        OPERATION(quantize), .arguments = &arguments, .units = rows,
        .results = {{arguments.output.base, rows * bytes, BYTES}}};
    snprintf(
        trial.shape, sizeof trial.shape, "%lld rows of %lld in blocks of %lld, %s", (long long)rows,
        (long long)columns, (long long)block, mode_names[mode]);
    check(&trial);
    forget();
}

static sluice_kernel choose_integer_product(struct trial *trial, enum sluice_instruction_set set) {
    const struct sluice_product *const p = trial->arguments;
    const sluice_kernel kernel = sluice_integer_product(p->format, set);
    trial->own = (void (*)(void))kernel;
    return kernel;
}

static sluice_kernel choose_transposed(struct trial *trial, enum sluice_instruction_set set) {
    struct sluice_transposed_product *const p = trial->arguments;
    p->decode = sluice_decoder(p->format, set);
    return choose_operation(trial, set);
}

static void describe(
    struct trial *trial, const struct format *format, struct shape shape, enum fill fill, enum mode mode) {
    snprintf(
        trial->shape, sizeof trial->shape, "%s, %lld rows of %lld blocks, %lld tokens, %s, input %s",
        format->name, (long long)shape.rows, (long long)shape.blocks, (long long)shape.tokens,
        fill_names[fill], mode_names[mode]);
}

static void check_product(const struct format *format, struct shape shape, enum fill fill, enum mode mode) {
    const struct sluice_format *const row = sluice_format(format->type);
    const int64_t columns = shape.blocks * row->block_elements;
    const bool is_float = !sluice_integer_product(row, SLUICE_SCALAR);
    struct sluice_matrix output = matrix(shape.tokens, shape.rows, ZEROS);
    struct sluice_product arguments = {
        .format = row, .weights = weights_of(format, shape.rows * shape.blocks, fill),
        .row_stride_bytes = shape.blocks * row->block_bytes, .rows = shape.rows, .columns = columns,
        .input = matrix(shape.tokens, columns, mode), .output = output,
        .bias = shape.rows % 2 ? matrix(1, shape.rows, MODERATE).base : NULL,
        .rows_per_unit = 16, .tokens_per_unit = 8};
    if (!is_float) arguments.quantized = quantized(arguments.input, row->block_elements);
    char name[32];
    snprintf(name, sizeof name, "multiply %s", format->name);
    struct trial trial = {
        .kernel = name, .choose = is_float ? choose_operation : choose_integer_product,
        .member = offsetof(struct sluice_operations, product), .arguments = &arguments,
        .units = (shape.rows + 15) / 16 * ((shape.tokens + 7) / 8), .results = {all_of(output)}};
    describe(&trial, format, shape, fill, mode);
    check(&trial);
    forget();
}

static void check_transposed(
    const struct format *format, struct shape shape, enum fill fill, enum mode mode) {
    const struct sluice_format *const row = sluice_format(format->type);
    const int64_t columns = shape.blocks * row->block_elements;
    struct sluice_matrix output = matrix(shape.tokens, columns, ZEROS);
    struct sluice_transposed_product arguments = {
        .format = row, .weights = weights_of(format, shape.rows * shape.blocks, fill),
        .row_stride_bytes = shape.blocks * row->block_bytes, .rows = shape.rows, .columns = columns,
        .input = matrix(shape.tokens, shape.rows, mode), .output = output,
        .bias = shape.rows % 2 ? matrix(1, columns, MODERATE).base : NULL};
    struct trial trial = {
        OPERATION(transposed_product), .arguments = &arguments,
        .units = (columns + SLUICE_TRANSPOSED_COLUMNS - 1) / SLUICE_TRANSPOSED_COLUMNS,
        .results = {all_of(output)}};
    trial.choose = choose_transposed;
    describe(&trial, format, shape, fill, mode);
    check(&trial);
    forget();
}

void check_products(void) {
    static const int64_t rows[] = {1, 3, 5, 19}, tokens[] = {1, 3, 4, 5, 9, 13};
    for (int mode = 0; mode < MODES; mode++) {
        check_quantization(3, 512, 32, mode);
        check_quantization(2, 512, 256, mode);
    }
    for (int f = 0; f < FORMATS; f++) {
        const struct format *const format = &formats[f];
        const int elements = sluice_format(format->type)->block_elements;
        // Sixteen lanes of blocks, and more columns than a panel has.
        for (int64_t blocks = 1; blocks <= 35; blocks++) {
            if (elements == 256 && blocks > 5 && blocks != 17) continue;
            check_product(format, (struct shape){19, 1, blocks}, RANDOM, MODERATE);
            check_product(format, (struct shape){5, 5, blocks}, RANDOM, MODERATE);
        }
        for (int r = 0; r < 4; r++) {
            for (int t = 0; t < 6; t++) {
                const int64_t blocks = elements == 1 ? 600 : elements == 32 ? 3 : 2;
                check_product(format, (struct shape){rows[r], tokens[t], blocks}, RANDOM, MODERATE);
            }
        }
        for (int fill = 0; fill < FILLS; fill++) {
            for (int mode = 0; mode < MODES; mode++) {
                const int64_t blocks = elements == 1 ? 65 : elements == 32 ? 3 : 1;
                check_product(format, (struct shape){5, mode % 2 ? 1 : 4, blocks}, fill, mode);
            }
            const int64_t blocks = elements == 1 ? 300 : elements == 32 ? 9 : 2;
            check_transposed(format, (struct shape){3, 2, blocks}, fill, MODERATE);
        }
    }
}
