// Norms, elementwise operations and reductions.
#include "check.h"

static void describe(struct trial *trial, int64_t rows, int64_t columns, enum mode mode) {
    snprintf(
        trial->shape, sizeof trial->shape, "%lld rows of %lld, %s", (long long)rows, (long long)columns,
        mode_names[mode]);
}

static void check_norms(int64_t rows, int64_t columns, enum mode mode) {
    struct sluice_norm arguments = {
        .input = matrix(rows, columns, mode), .output = matrix(rows, columns, ZEROS),
        .weight = matrix(1, columns, MODERATE).base, .epsilon = 1e-6f};
    struct trial rms = {
        OPERATION(rms_norm), .arguments = &arguments, .units = rows, .results = {all_of(arguments.output)}};
    describe(&rms, rows, columns, mode);
    check(&rms);
    if (columns % 2) arguments.bias = matrix(1, columns, MODERATE).base;
    struct trial layer = {
        OPERATION(layer_norm), .arguments = &arguments, .units = rows, .results = {all_of(arguments.output)}};
    describe(&layer, rows, columns, mode);
    check(&layer);
    forget();
}

static void check_elementwise(int64_t rows, int64_t columns, enum mode mode) {
    struct sluice_elementwise arguments = {
        .first = matrix(rows, 2 * columns, mode), .second = matrix(rows, columns, mode),
        .output = matrix(rows, columns, MODERATE), .alpha = 1.702f, .limit = 1.5f};
    struct trial trials[] = {
        {OPERATION(add_scaled)}, {OPERATION(scale)},   {OPERATION(multiply)}, {OPERATION(silu)},
        {OPERATION(sigmoid)},    {OPERATION(swiglu)},  {OPERATION(softmax)},  {OPERATION(clamped_swiglu)},
    };
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++) {
        trials[i].arguments = &arguments;
        trials[i].units = rows;
        trials[i].results[0] = all_of(arguments.output);
        describe(&trials[i], rows, columns, mode);
        check(&trials[i]);
    }
    struct trial interleaved = trials[7];
    arguments.interleaved = true;
    check(&interleaved);
    forget();
}

// Every exponent that a float can have, and what the exponential does near its ends.
static void check_exponentials(void) {
    enum { COUNT = 4096 };
    struct sluice_elementwise arguments = {
        .first = matrix(1, COUNT, ZEROS), .second = matrix(1, COUNT, MODERATE),
        .output = matrix(1, COUNT, ZEROS)};
    union {
        uint32_t bits;
        float value;
    } pattern;
    for (uint32_t i = 0; i < COUNT / 2; i++) {
        pattern.bits = (i << 22) ^ (random_bits() >> 10);
        arguments.first.base[i] = i < 1024 ? pattern.value : ((float)i - 1536) * 0.25f;
    }
    fill_between((struct sluice_matrix){arguments.first.base + COUNT / 2, 1, COUNT / 2, COUNT / 2}, -110, 95);
    struct trial sigmoid = {
        OPERATION(sigmoid), .shape = "all exponents", .arguments = &arguments, .units = 1,
        .results = {all_of(arguments.output)}};
    check(&sigmoid);
    forget();
}

struct reduction {
    int64_t (*argmax)(const float *values, int64_t count);
    struct sluice_matrix values;
    int32_t *largest;
};

static void run_argmax(const void *arguments, int64_t first, int64_t count, float *scratch) {
    const struct reduction *const p = arguments;
    (void)scratch;
    for (int64_t row = first; row < first + count; row++) {
        p->largest[row] = (int32_t)p->argmax(p->values.base + row * p->values.stride, p->values.columns);
    }
}

static sluice_kernel choose_argmax(struct trial *trial, enum sluice_instruction_set set) {
    struct reduction *const p = trial->arguments;
    p->argmax = sluice_operations(set)->argmax;
    trial->own = (void (*)(void))p->argmax;
    return run_argmax;
}

static void check_argmax(int64_t rows, int64_t columns, enum mode mode) {
    struct reduction arguments = {
        NULL, matrix(rows, columns, mode), memory(rows * (int64_t)sizeof(int32_t))};
    struct trial trial = {
        .kernel = "argmax", .choose = choose_argmax, .arguments = &arguments, .units = rows,
        .results = {{arguments.largest, rows * (int64_t)sizeof(int32_t), BYTES}}};
    describe(&trial, rows, columns, mode);
    check(&trial);
    forget();
}

struct checksum {
    uint32_t (*crc32c)(uint32_t crc, const void *bytes, int64_t count);
    const uint8_t *bytes;
    int64_t count;
    uint32_t *sums;
};

// Unit: a start and an end that lie so many bytes further in.
static void run_checksum(const void *arguments, int64_t first, int64_t count, float *scratch) {
    const struct checksum *const p = arguments;
    (void)scratch;
    for (int64_t i = first; i < first + count; i++) {
        p->sums[i] = p->crc32c((uint32_t)i, p->bytes + i, p->count - 2 * i);
    }
}

static sluice_kernel choose_checksum(struct trial *trial, enum sluice_instruction_set set) {
    struct checksum *const p = trial->arguments;
    p->crc32c = sluice_operations(set)->crc32c;
    trial->own = (void (*)(void))p->crc32c;
    return run_checksum;
}

static void check_checksum(int64_t count) {
    enum { UNITS = 8 };
    uint8_t *const bytes = memory(count);
    for (int64_t i = 0; i < count; i++) bytes[i] = (uint8_t)random_bits();
    struct checksum arguments = {NULL, bytes, count, memory(UNITS * (int64_t)sizeof(uint32_t))};
    struct trial trial = {
        .kernel = "crc32c", .choose = choose_checksum, .arguments = &arguments, .units = UNITS,
        .results = {{arguments.sums, UNITS * (int64_t)sizeof(uint32_t), BYTES}}};
    snprintf(trial.shape, sizeof trial.shape, "%lld bytes", (long long)count);
    check(&trial);
    forget();
}

void check_rows(void) {
    check_checksum(100);
    check_checksum(100000);
    static const int64_t columns[] = {1, 3, 15, 16, 17, 31, 32, 33, 100, 257};
    for (int mode = 0; mode < MODES; mode++) {
        for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) {
            check_norms(3, columns[c], mode);
            check_elementwise(3, columns[c], mode);
            check_argmax(3, columns[c], mode);
        }
    }
    check_exponentials();
}
