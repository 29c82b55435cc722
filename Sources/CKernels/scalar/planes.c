// Blocks in two parts. Loops over bytes, which the compiler turns into vectors of the plainest processor;
// moving bytes is then limited by memory, and compiled for AVX2 they gain nothing.
#include "../blocks/blocks.h"
#include "../include/sluice_planes.h"

#define INLINE static inline __attribute__((always_inline))

// Where the codes of a block lie whose low halves are the rest: `bytes` bytes from `start`, with fields of
// `width` bits.
struct plane_shape {
    int block_bytes, start, bytes, width;
};

INLINE uint8_t high_fields(int width) { return width == 2 ? 0xCC : 0xF0; }

INLINE void split_block(
    struct plane_shape shape, const uint8_t *block, uint8_t *prefix, uint8_t *rest) {
    const uint8_t high = high_fields(shape.width), low = (uint8_t)~high;
    const int half = shape.bytes / 2, end = shape.start + shape.bytes;
    memcpy(prefix, block, (size_t)shape.start);
    memcpy(prefix + shape.start, block + end, (size_t)(shape.block_bytes - end));
    uint8_t *plane = prefix + shape.block_bytes - shape.bytes;
    const uint8_t *codes = block + shape.start;
    for (int j = 0; j < half; j++) {
        plane[j] = (uint8_t)((codes[j] & high) | (codes[j + half] & high) >> shape.width);
        rest[j] = (uint8_t)((codes[j] & low) << shape.width | (codes[j + half] & low));
    }
}

INLINE void join_block(
    struct plane_shape shape, const uint8_t *prefix, const uint8_t *rest, uint8_t *block) {
    const uint8_t high = high_fields(shape.width), low = (uint8_t)~high;
    const int half = shape.bytes / 2, end = shape.start + shape.bytes;
    memcpy(block, prefix, (size_t)shape.start);
    memcpy(block + end, prefix + shape.start, (size_t)(shape.block_bytes - end));
    const uint8_t *plane = prefix + shape.block_bytes - shape.bytes;
    uint8_t *codes = block + shape.start;
    for (int j = 0; j < half; j++) {
        codes[j] = (uint8_t)((plane[j] & high) | (rest[j] >> shape.width & low));
        codes[j + half] = (uint8_t)((plane[j] << shape.width & high) | (rest[j] & low));
    }
}

// The rest that stands for the missing one: its fields are the lower of the two middle values in even bytes
// and the upper one in odd bytes, 1 and 2 of two bits, 7 and 8 of four.
#define TWICE(...) __VA_ARGS__, __VA_ARGS__
#define SIXTY_FOUR(...) TWICE(TWICE(TWICE(TWICE(TWICE(__VA_ARGS__)))))
static const uint8_t middle_of_two[64] = {SIXTY_FOUR(0x55, 0xAA)};
static const uint8_t middle_of_four[64] = {SIXTY_FOUR(0x77, 0x88)};

#define PLANES(format, field, field_width) \
    static const struct plane_shape shape_##format = { \
        sizeof(struct sluice_block_##format), offsetof(struct sluice_block_##format, field), \
        sizeof((struct sluice_block_##format *)0)->field, field_width}; \
    static void split_##format( \
        const void *restrict blocks, void *restrict prefixes, void *restrict rests, int64_t count) { \
        const struct plane_shape shape = shape_##format; \
        const int rest_bytes = shape.bytes / 2, prefix_bytes = shape.block_bytes - rest_bytes; \
        for (int64_t b = 0; b < count; b++) { \
            split_block( \
                shape, (const uint8_t *)blocks + b * shape.block_bytes, \
                (uint8_t *)prefixes + b * prefix_bytes, (uint8_t *)rests + b * rest_bytes); \
        } \
    } \
    static void join_##format( \
        const void *restrict prefixes, const void *restrict rests, void *restrict blocks, int64_t count) { \
        const struct plane_shape shape = shape_##format; \
        const int rest_bytes = shape.bytes / 2, prefix_bytes = shape.block_bytes - rest_bytes; \
        for (int64_t b = 0; b < count; b++) { \
            join_block( \
                shape, (const uint8_t *)prefixes + b * prefix_bytes, \
                (const uint8_t *)rests + b * rest_bytes, (uint8_t *)blocks + b * shape.block_bytes); \
        } \
    } \
    static void expand_##format(const void *restrict prefixes, void *restrict blocks, int64_t count) { \
        const struct plane_shape shape = shape_##format; \
        const int prefix_bytes = shape.block_bytes - shape.bytes / 2; \
        for (int64_t b = 0; b < count; b++) { \
            join_block( \
                shape, (const uint8_t *)prefixes + b * prefix_bytes, \
                shape.width == 2 ? middle_of_two : middle_of_four, \
                (uint8_t *)blocks + b * shape.block_bytes); \
        } \
    }

PLANES(q4_0, low, 2)
PLANES(q4_1, low, 2)
PLANES(q5_0, low, 2)
PLANES(q5_1, low, 2)
PLANES(q8_0, q, 4)
PLANES(q4_K, low, 2)
PLANES(q5_K, low, 2)
PLANES(q6_K, low, 2)

#define PLANES_OF(type, format, field) \
    { \
        type, \
            sizeof(struct sluice_block_##format) - sizeof((struct sluice_block_##format *)0)->field / 2, \
            split_##format, join_##format, expand_##format \
    }

static const struct sluice_planes planes[] = {
    PLANES_OF(2, q4_0, low), PLANES_OF(3, q4_1, low), PLANES_OF(6, q5_0, low), PLANES_OF(7, q5_1, low),
    PLANES_OF(8, q8_0, q),   PLANES_OF(12, q4_K, low), PLANES_OF(13, q5_K, low), PLANES_OF(14, q6_K, low)};

const struct sluice_planes *sluice_planes(uint32_t type) {
    for (size_t i = 0; i < sizeof planes / sizeof planes[0]; i++) {
        if (planes[i].type == type) return &planes[i];
    }
    return NULL;
}
