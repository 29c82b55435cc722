// Included inside a target region: 64 packed codes at a time, in the order of their columns.
#include "../blocks/quantized.h"

typedef uint8_t strip __attribute__((ext_vector_type(64)));
typedef uint16_t strip_words __attribute__((ext_vector_type(32)));
typedef uint8_t half_strip __attribute__((ext_vector_type(32)));
typedef uint8_t unaligned_strip __attribute__((ext_vector_type(64), aligned(1), may_alias));
typedef uint8_t unaligned_half_strip __attribute__((ext_vector_type(32), aligned(1), may_alias));
// Sixteen 16-bit integers, eight 32-bit ones, eight and four floats.
typedef int16_t words __attribute__((ext_vector_type(16)));
typedef int16_t unaligned_words __attribute__((ext_vector_type(16), aligned(2), may_alias));
typedef int32_t eight_sums __attribute__((ext_vector_type(8)));
typedef float eight_floats __attribute__((ext_vector_type(8)));
typedef float four_floats __attribute__((ext_vector_type(4)));

#define UNROLLED _Pragma("clang loop unroll(full)")

SLUICE_INLINE strip load_strip(const void *from) { return *(const unaligned_strip *)from; }

// Two times 32 bytes.
SLUICE_INLINE strip join_halves(const void *first, const void *second) {
    strip joined;
    joined.lo = *(const unaligned_half_strip *)first;
    joined.hi = *(const unaligned_half_strip *)second;
    return joined;
}

// Sixteen bytes twice, sixteen others twice.
SLUICE_INLINE strip twice_each(const void *first, const void *second) {
    strip joined;
    joined.lo.lo = joined.lo.hi = load_codes(first);
    joined.hi.lo = joined.hi.hi = load_codes(second);
    return joined;
}

// Bytes of the lower and the upper half moved right by so many bits; the bits that come in from the next
// byte are for the caller to mask.
SLUICE_INLINE strip shift_halves(strip bytes, int low, int high) {
    strip_words by;
    by.lo = (uint16_t)low;
    by.hi = (uint16_t)high;
    return (strip)((strip_words)bytes >> by);
}

// The low halves of 16 bytes, then their high halves, twice.
SLUICE_INLINE strip halves_in_turn(strip bytes) {
    strip_words by;
    by.lo.lo = by.hi.lo = 0;
    by.lo.hi = by.hi.hi = 4;
    return (strip)((strip_words)bytes >> by) & 0x0f;
}

// `value` where the lower half of `bytes` has bit `low`, the upper half bit `high`.
SLUICE_INLINE strip where_bits(strip bytes, int low, int high, uint8_t value) {
    strip select;
    select.lo = (uint8_t)(1 << low);
    select.hi = (uint8_t)(1 << high);
    return (strip)((bytes & select) != 0) & value;
}

// 16 where bit i of the 64 is set: the fifth bits of two blocks. As a vector of truth values they go straight
// to a mask register where there is one.
SLUICE_INLINE strip fifth_bits_of(const uint8_t *first, const uint8_t *second) {
    typedef bool truths __attribute__((ext_vector_type(64)));
    const uint64_t bits = sluice_load_u32(first) | (uint64_t)sluice_load_u32(second) << 32;
    truths set;
    memcpy(&set, &bits, sizeof bits);
    return __builtin_convertvector(set, strip) << 4;
}

SLUICE_INLINE lane_bits splat_bits(int32_t bits) { return (lane_bits)(bits); }

SLUICE_INLINE int32_t load_bits(const void *from) {
    int32_t bits;
    memcpy(&bits, from, sizeof bits);
    return bits;
}

// Elements 0, 1 (and 2, 3) of each quarter, `a` and `b` in turn.
#define INTERLEAVED(a, b, first) \
    __builtin_shufflevector( \
        a, b, first, first + 16, first + 1, first + 17, first + 4, first + 20, first + 5, first + 21, \
        first + 8, first + 24, first + 9, first + 25, first + 12, first + 28, first + 13, first + 29)
// The same with pairs of elements.
#define INTERLEAVED_PAIRS(a, b, first) \
    __builtin_shufflevector( \
        a, b, first, first + 1, first + 16, first + 17, first + 4, first + 5, first + 20, first + 21, \
        first + 8, first + 9, first + 24, first + 25, first + 12, first + 13, first + 28, first + 29)
// Quarters `first` and `first` + 2 of both.
#define EVERY_OTHER_QUARTER(a, b, first) \
    __builtin_shufflevector( \
        a, b, first, first + 1, first + 2, first + 3, first + 8, first + 9, first + 10, first + 11, \
        first + 16, first + 17, first + 18, first + 19, first + 24, first + 25, first + 26, first + 27)

// The sums over the lower halves of four vectors, then those over the upper halves.
SLUICE_INLINE eight_sums fold_halves(const lane_bits a[4]) {
    const lane_bits first = INTERLEAVED(a[0], a[1], 0) + INTERLEAVED(a[0], a[1], 2);
    const lane_bits second = INTERLEAVED(a[2], a[3], 0) + INTERLEAVED(a[2], a[3], 2);
    const lane_bits all = INTERLEAVED_PAIRS(first, second, 0) + INTERLEAVED_PAIRS(first, second, 2);
    return __builtin_shufflevector(all, all, 0, 1, 2, 3, 8, 9, 10, 11)
        + __builtin_shufflevector(all, all, 4, 5, 6, 7, 12, 13, 14, 15);
}

// a[i][j] becomes a[j][i].
SLUICE_INLINE void transpose(lane_bits a[16]) {
    lane_bits b[16];
    UNROLLED for (int i = 0; i < 16; i += 2) {
        b[i] = INTERLEAVED(a[i], a[i + 1], 0);
        b[i + 1] = INTERLEAVED(a[i], a[i + 1], 2);
    }
    UNROLLED for (int i = 0; i < 16; i += 4) {
        a[i] = INTERLEAVED_PAIRS(b[i], b[i + 2], 0);
        a[i + 1] = INTERLEAVED_PAIRS(b[i], b[i + 2], 2);
        a[i + 2] = INTERLEAVED_PAIRS(b[i + 1], b[i + 3], 0);
        a[i + 3] = INTERLEAVED_PAIRS(b[i + 1], b[i + 3], 2);
    }
    // Quarter q of a[4k + c] now holds column 4q + c of rows 4k ... 4k + 3.
    UNROLLED for (int c = 0; c < 4; c++) {
        const lane_bits low_even = EVERY_OTHER_QUARTER(a[c], a[4 + c], 0);
        const lane_bits low_odd = EVERY_OTHER_QUARTER(a[c], a[4 + c], 4);
        const lane_bits high_even = EVERY_OTHER_QUARTER(a[8 + c], a[12 + c], 0);
        const lane_bits high_odd = EVERY_OTHER_QUARTER(a[8 + c], a[12 + c], 4);
        b[c] = EVERY_OTHER_QUARTER(low_even, high_even, 0);
        b[8 + c] = EVERY_OTHER_QUARTER(low_even, high_even, 4);
        b[4 + c] = EVERY_OTHER_QUARTER(low_odd, high_odd, 0);
        b[12 + c] = EVERY_OTHER_QUARTER(low_odd, high_odd, 4);
    }
    UNROLLED for (int i = 0; i < 16; i++) a[i] = b[i];
}
