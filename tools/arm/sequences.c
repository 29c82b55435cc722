// Attention and its rows, rotations, and the steps of recurrent layers.
#include "check.h"

#include <string.h>

// The cached rows of keys or values.
static void *cached(int64_t rows, int64_t columns, bool half_rows, enum mode mode) {
    if (!half_rows) {
        struct sluice_matrix values = matrix(1, rows * columns, mode);
        return values.base;
    }
    void *halves = memory(rows * columns * 2);
    fill_halves(halves, rows * columns, mode);
    return halves;
}

struct heads {
    int64_t heads, kv_heads, key_width, value_width;
};

// The units of the whole, and then those of its blocks and their merging.
static void check_attention(
    struct heads heads, int64_t tokens, int64_t first_position, int64_t window, bool half_rows,
    enum mode mode) {
    const int64_t positions = first_position + tokens, element = half_rows ? 2 : 4;
    const int64_t rows = tokens * (heads.heads / heads.kv_heads);
    const int64_t blocks = (positions - 1) / SLUICE_ATTENTION_BLOCK + 1;
    struct sluice_attention arguments = {
        .query = matrix(tokens, heads.heads * heads.key_width, mode),
        .keys = cached(positions, heads.kv_heads * heads.key_width, half_rows, mode),
        .values = cached(positions, heads.kv_heads * heads.value_width, half_rows, mode),
        .key_row_bytes = heads.key_width * element, .value_row_bytes = heads.value_width * element,
        .half_rows = half_rows, .heads = heads.heads, .kv_heads = heads.kv_heads,
        .key_width = heads.key_width, .value_width = heads.value_width, .capacity = positions,
        .first_position = first_position, .window = window, .scale = 0.125f,
        .sinks = tokens % 2 ? matrix(1, heads.heads, MODERATE).base : NULL,
        .output = matrix(tokens, heads.heads * heads.value_width, ZEROS),
        .rows_per_unit = tokens % 2 ? 1 : rows - 1, .block_count = blocks};
    const int64_t units = heads.kv_heads * ((rows + arguments.rows_per_unit - 1) / arguments.rows_per_unit);
    struct trial trial = {
        OPERATION(attention), .arguments = &arguments, .units = units, .results = {all_of(arguments.output)}};
    snprintf(
        trial.shape, sizeof trial.shape,
        "%lld of %lld heads of %lld and %lld, %lld tokens from %lld, window %lld, %s, %s",
        (long long)heads.heads, (long long)heads.kv_heads, (long long)heads.key_width,
        (long long)heads.value_width, (long long)tokens, (long long)first_position, (long long)window,
        half_rows ? "halves" : "floats", mode_names[mode]);
    check(&trial);
    const int64_t bytes =
        blocks * tokens * heads.heads * sluice_attention_partial_elements(heads.value_width) * 4;
    arguments.partials = memory(bytes);
    trial.units = units * blocks;
    trial.results[0] = (struct result){arguments.partials, bytes, FLOATS};
    check(&trial);
    struct trial merging = {
        OPERATION(merge_attention), .arguments = &arguments, .units = tokens * heads.heads,
        .results = {all_of(arguments.output)}};
    memcpy(merging.shape, trial.shape, sizeof trial.shape);
    check(&merging);
    forget();
}

static void check_row_store(int64_t rows, int64_t columns, bool half_rows, enum mode mode) {
    const int64_t row_bytes = columns * (half_rows ? 2 : 4);
    struct sluice_row_store arguments = {
        .input = matrix(rows, columns, mode), .rows = memory((rows + 2) * row_bytes), .heads = 1,
        .row_bytes = row_bytes, .capacity = rows + 2, .half_rows = half_rows, .first_position = 2};
    if (mode == MODES - 1) {
        // Any bits: numbers next to every rounding of a half.
        uint32_t *const bits = (uint32_t *)(void *)arguments.input.base;
        for (int64_t i = 0; i < rows * arguments.input.stride; i++) {
            bits[i] = (random_bits() & 0x8fffffff) | 0x30000000;
            if (i % 3 == 0) bits[i] = (bits[i] & ~0x1fffu) | 0x1000;
        }
    }
    struct trial trial = {
        OPERATION(store_rows), .arguments = &arguments, .units = rows,
        .results = {{arguments.rows, (rows + 2) * row_bytes, half_rows ? HALVES : FLOATS}}};
    snprintf(
        trial.shape, sizeof trial.shape, "%lld rows of %lld %s, %s", (long long)rows, (long long)columns,
        half_rows ? "halves" : "floats", mode_names[mode]);
    check(&trial);
    forget();
}

static void check_rotation(int64_t size, int64_t offset, bool interleaved, enum mode mode) {
    static const int32_t positions[] = {3, 0, 7};
    const int64_t head_size = size + offset + 2;
    struct sluice_rotation arguments = {
        .target = matrix(3, 2 * head_size, mode), .table = matrix(8, size, MODERATE), .head_size = head_size,
        .offset = offset, .positions = positions, .interleaved = interleaved};
    struct trial trial = {
        OPERATION(rotate), .arguments = &arguments, .units = 3, .results = {all_of(arguments.target)}};
    snprintf(
        trial.shape, sizeof trial.shape, "%lld of %lld, %s", (long long)size, (long long)head_size,
        mode_names[mode]);
    check(&trial);
    forget();
}

static void check_delta_rule(struct heads heads, int64_t tokens, enum mode mode) {
    struct sluice_delta_rule arguments = {
        .query = matrix(tokens, heads.kv_heads * heads.key_width, mode),
        .key = matrix(tokens, heads.kv_heads * heads.key_width, mode),
        .value = matrix(tokens, heads.heads * heads.value_width, mode),
        .decay = matrix(tokens, heads.heads, MODERATE), .beta = matrix(tokens, heads.heads, MODERATE),
        .state = matrix(heads.heads * heads.key_width, heads.value_width, MODERATE),
        .output = matrix(tokens, heads.heads * heads.value_width, ZEROS), .key_heads = heads.kv_heads,
        .value_heads = heads.heads, .key_width = heads.key_width, .value_width = heads.value_width};
    struct trial trial = {
        OPERATION(delta_rule), .arguments = &arguments, .units = heads.heads,
        .results = {all_of(arguments.state), all_of(arguments.output)}};
    snprintf(
        trial.shape, sizeof trial.shape, "%lld tokens, %lld by %lld, %s", (long long)tokens,
        (long long)heads.key_width, (long long)heads.value_width, mode_names[mode]);
    check(&trial);
    forget();
}

static void check_convolution(int64_t channels, int64_t taps, int64_t tokens, enum mode mode) {
    struct sluice_convolution arguments = {
        .input = matrix(tokens, channels, mode), .output = matrix(tokens, channels, ZEROS),
        .weight = matrix(channels, taps, MODERATE), .history = matrix(taps - 1, channels, MODERATE)};
    struct trial trial = {
        OPERATION(convolution), .arguments = &arguments,
        .units = (channels + SLUICE_CONVOLUTION_CHANNELS - 1) / SLUICE_CONVOLUTION_CHANNELS,
        .results = {all_of(arguments.output), all_of(arguments.history)}};
    snprintf(
        trial.shape, sizeof trial.shape, "%lld channels, %lld taps, %lld tokens, %s", (long long)channels,
        (long long)taps, (long long)tokens, mode_names[mode]);
    check(&trial);
    forget();
}

void check_sequences(void) {
    static const struct heads shapes[] = {{4, 1, 16, 16}, {6, 2, 20, 24}, {5, 1, 64, 48}, {3, 3, 33, 17}};
    for (int mode = 0; mode < MODES; mode++) {
        for (int half_rows = 0; half_rows < 2; half_rows++) {
            for (int i = 0; i < 4; i++) {
                check_attention(shapes[i], 3, 0, 0, half_rows, mode);
                check_attention(shapes[i], 2, 70, i % 2 ? 66 : 0, half_rows, mode);
                check_attention(shapes[i], 4, 510, i % 2 ? 3 : 0, half_rows, mode);
            }
            check_row_store(2, 35, half_rows, mode);
            check_row_store(3, 512, half_rows, mode);
        }
        for (int i = 0; i < 4; i++) check_rotation(2 + 14 * i, i % 3, i % 2, mode);
        check_delta_rule((struct heads){4, 2, 5, 16}, 3, mode);
        check_delta_rule((struct heads){3, 3, 16, 19}, 2, mode);
        check_convolution(35, 4, 5, mode);
        check_convolution(16, 2, 1, mode);
    }
}
