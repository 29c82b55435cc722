// Blocks of weights, and their decoders.
#include "check.h"

#include <string.h>

const struct format formats[FORMATS] = {
    {0, "F32", 0, {0}},        {1, "F16", 0, {0}},     {30, "BF16", 0, {0}},   {2, "Q4_0", 1, {0}},
    {3, "Q4_1", 2, {0, 2}},    {6, "Q5_0", 1, {0}},    {7, "Q5_1", 2, {0, 2}}, {8, "Q8_0", 1, {0}},
    {10, "Q2_K", 2, {80, 82}}, {11, "Q3_K", 1, {108}}, {12, "Q4_K", 2, {0, 2}}, {13, "Q5_K", 2, {0, 2}},
    {14, "Q6_K", 1, {208}},    {20, "IQ4_NL", 1, {0}}, {23, "IQ4_XS", 1, {0}},  {39, "MXFP4", 0, {0}},
};

const char *const fill_names[FILLS] = {
    "random codes", "no bit set", "all bits set", "largest scales", "smallest scales", "random bytes"};

// The scale of a block where `fill` gives it one: about 0.02, the largest half, the smallest one.
static uint16_t scale(enum fill fill, int64_t block) {
    return fill == LARGEST_SCALES ? 0x7bff : fill == SMALLEST_SCALES ? 1 : (uint16_t)(0x2400 + block % 256);
}

void *weights_of(const struct format *format, int64_t count, enum fill fill) {
    const int bytes = sluice_format(format->type)->block_bytes;
    uint8_t *const base = (uint8_t *)memory(count * bytes + 1) + 1;
    for (int64_t i = 0; i < count * bytes; i++) {
        base[i] = fill == ALL_CLEAR ? 0 : fill == ALL_SET ? 0xff : (uint8_t)random_bits();
    }
    if (fill == WILD) return base;
    for (int64_t b = 0; b < count; b++) {
        uint8_t *const block = base + b * bytes;
        const uint16_t half = scale(fill, b);
        for (int i = 0; i < format->halves; i++) memcpy(block + format->at[i], &half, sizeof half);
        if (!strcmp(format->name, "MXFP4")) {
            block[0] = fill == LARGEST_SCALES ? 254 : fill == SMALLEST_SCALES ? 0 : 120 + b % 5;
        }
        // Elements of about 0.2.
        const bool is_moderate = bytes <= 4 && fill == RANDOM;
        if (is_moderate) block[bytes - 1] = (block[bytes - 1] & 0x80) | (format->type == 1 ? 0x34 : 0x3e);
    }
    return base;
}

struct decoding {
    sluice_decode decode;
    const struct sluice_format *format;
    const char *blocks;
    float *output;
};

static void run_decoder(const void *arguments, int64_t first, int64_t count, float *scratch) {
    const struct decoding *const p = arguments;
    (void)scratch;
    const char *blocks = p->blocks + first * p->format->block_bytes;
    p->decode(blocks, p->output + first * p->format->block_elements, count);
}

static sluice_kernel choose_decoder(struct trial *trial, enum sluice_instruction_set set) {
    struct decoding *const p = trial->arguments;
    p->decode = sluice_decoder(p->format, set);
    trial->own = (void (*)(void))p->decode;
    return run_decoder;
}

static void check_decoder(const struct format *format, const void *blocks, int64_t count, const char *shape) {
    const struct sluice_format *const row = sluice_format(format->type);
    struct sluice_matrix output = matrix(1, count * row->block_elements, ZEROS);
    struct decoding arguments = {NULL, row, blocks, output.base};
    char name[32];
    snprintf(name, sizeof name, "decode %s", format->name);
    struct trial trial = {
        .kernel = name, .choose = choose_decoder, .arguments = &arguments, .units = count,
        .results = {all_of(output)}};
    snprintf(trial.shape, sizeof trial.shape, "%lld blocks, %s", (long long)count, shape);
    check(&trial);
    forget();
}

void check_decoders(void) {
    // The decoder of F32 copies, in every set the same.
    for (int f = 1; f < FORMATS; f++) {
        for (int64_t count = 1; count <= 35; count++) {
            const enum fill fill = count % FILLS;
            check_decoder(&formats[f], weights_of(&formats[f], count, fill), count, fill_names[fill]);
        }
        check_decoder(&formats[f], weights_of(&formats[f], 700, WILD), 700, "many");
    }
    for (int f = 1; f < FLOAT_FORMATS; f++) {
        uint16_t *const every = memory(65536 * sizeof *every);
        for (int i = 0; i < 65536; i++) every[i] = (uint16_t)i;
        check_decoder(&formats[f], every, 65536, "every pattern of bits");
    }
}
