#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const mode_names[MODES] = {
    "moderate", "zeros", "equal", "ties", "denormal", "large", "one large", "infinite", "not a number"};

uint32_t random_bits(void) {
    // Knuth's multiplier for 64-bit congruences; the upper half is what is random.
    static uint64_t state = 42;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 32);
}

static void *blocks[64];
static int block_count;

void *memory(int64_t bytes) {
    const size_t size = (size_t)(bytes + 127) / 64 * 64;
    if (block_count == sizeof blocks / sizeof blocks[0]) abort();
    return memset(blocks[block_count++] = aligned_alloc(64, size), 0, size);
}

void forget(void) {
    while (block_count > 0) free(blocks[--block_count]);
}

static float uniform(float low, float high) {
    return low + (high - low) * ((float)(random_bits() >> 8) * 0x1p-24f);
}

// Element `i` of a row.
static float element(int64_t i, enum mode mode) {
    switch (mode) {
    case ZEROS: return i % 2 ? -0.0f : 0.0f;
    case EQUAL: return -0.3f;
    case TIES: return (float)(i % 255 - 127) / (i % 255 ? 2 : 1);
    case DENORMAL: return uniform(-0x1p-127f, 0x1p-127f);
    case LARGE: return uniform(-0x1p120f, 0x1p120f);
    case ONE_LARGE: return i % 37 == 5 ? 1e20f : uniform(-1e-3f, 1e-3f);
    case INFINITE: return i % 41 == 7 ? -__builtin_inff() : uniform(-2, 2);
    case NOT_A_NUMBER: return i % 43 == 11 ? __builtin_nanf("") : uniform(-2, 2);
    default: return uniform(-2, 2);
    }
}

enum { PADDING = 3 };

struct sluice_matrix matrix(int64_t rows, int64_t columns, enum mode mode) {
    const int64_t stride = columns + PADDING;
    struct sluice_matrix made = {memory(rows * stride * (int64_t)sizeof(float)), rows, columns, stride};
    for (int64_t i = 0; i < rows * stride; i++) made.base[i] = element(i % stride, mode);
    return made;
}

struct result all_of(struct sluice_matrix matrix) {
    return (struct result){matrix.base, matrix.rows * matrix.stride * (int64_t)sizeof(float), FLOATS};
}

void fill_between(struct sluice_matrix matrix, float low, float high) {
    for (int64_t i = 0; i < matrix.rows * matrix.stride; i++) matrix.base[i] = uniform(low, high);
}

void fill_halves(void *halves, int64_t count, enum mode mode) {
    for (int64_t i = 0; i < count; i++) {
        // An exponent of about 1, or one of each mode's kind.
        uint16_t half = (uint16_t)((random_bits() & 0x8fff) | 0x3000);
        switch (mode) {
        case ZEROS: half &= 0x8000; break;
        case EQUAL: half = 0xb4cd; break;
        case DENORMAL: half &= 0x83ff; break;
        case LARGE: half = (half & 0x83ff) | 0x7800; break;
        case ONE_LARGE: half = i % 37 == 5 ? 0x7bff : half; break;
        case INFINITE: half = i % 41 == 7 ? 0xfc00 : half; break;
        case NOT_A_NUMBER: half = i % 43 == 11 ? 0x7d01 : half; break;
        default: break;
        }
        memcpy((char *)halves + 2 * i, &half, sizeof half);
    }
}
