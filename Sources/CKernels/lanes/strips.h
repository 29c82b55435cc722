// Included inside a target region: 64 packed codes at a time, in the order of their columns.
#include "../blocks/quantized.h"

typedef uint8_t strip __attribute__((ext_vector_type(64)));
typedef uint16_t strip_words __attribute__((ext_vector_type(32)));
typedef int16_t signed_strip_words __attribute__((ext_vector_type(32)));
typedef uint16_t half_strip_words __attribute__((ext_vector_type(16)));
typedef uint32_t strip_double_words __attribute__((ext_vector_type(16)));
typedef uint8_t half_strip __attribute__((ext_vector_type(32)));
typedef uint8_t unaligned_strip __attribute__((ext_vector_type(64), aligned(1), may_alias));
typedef uint8_t unaligned_half_strip __attribute__((ext_vector_type(32), aligned(1), may_alias));
// Sixteen 16-bit integers, eight 32-bit ones, eight and four floats.
typedef int16_t words __attribute__((ext_vector_type(16)));
typedef int16_t unaligned_words __attribute__((ext_vector_type(16), aligned(2), may_alias));
typedef int32_t eight_sums __attribute__((ext_vector_type(8)));
typedef float eight_floats __attribute__((ext_vector_type(8)));
typedef int32_t four_sums __attribute__((ext_vector_type(4)));
typedef float four_floats __attribute__((ext_vector_type(4)));
typedef float unaligned_four __attribute__((ext_vector_type(4), aligned(4), may_alias));

#define UNROLLED _Pragma("clang loop unroll(full)")

SLUICE_INLINE strip load_strip(const void *from) { return *(const unaligned_strip *)from; }

// Two times 32 bytes.
SLUICE_INLINE strip join_halves(const void *first, const void *second) {
    strip joined;
    joined.lo = *(const unaligned_half_strip *)first;
    joined.hi = *(const unaligned_half_strip *)second;
    return joined;
}

// Four times sixteen bytes.
SLUICE_INLINE strip join_quarters(const void *a, const void *b, const void *c, const void *d) {
    strip joined;
    joined.lo.lo = load_codes(a);
    joined.lo.hi = load_codes(b);
    joined.hi.lo = load_codes(c);
    joined.hi.hi = load_codes(d);
    return joined;
}

// Bytes moved right or left by so many bits; the bits that come in from the next byte are for the caller to
// mask.
SLUICE_INLINE strip shift_right(strip bytes, const int bits) {
    return (strip)((strip_words)bytes >> (uint16_t)bits);
}

SLUICE_INLINE strip shift_left(strip bytes, const int bits) {
    return (strip)((strip_words)bytes << (uint16_t)bits);
}

// As shift_left, or to the right by a negative number of bits.
SLUICE_INLINE half_strip shift_half(half_strip bytes, const int bits) {
    const half_strip_words words = (half_strip_words)bytes;
    return (half_strip)(bits < 0 ? words >> (uint16_t)-bits : words << (uint16_t)bits);
}

// The low and the high halves of the bytes.
SLUICE_INLINE void split_halves(strip bytes, strip to[2]) {
    to[0] = bytes & 0x0f;
    to[1] = shift_right(bytes, 4) & 0x0f;
}

// Bits of the four quarters moved right; what comes in from the next byte is for the caller to mask.
SLUICE_INLINE strip shift_quarters(strip bytes, const int a, const int b, const int c, const int d) {
    const uint32_t by[4] = {(uint32_t)a, (uint32_t)b, (uint32_t)c, (uint32_t)d};
    strip_double_words shifts;
    UNROLLED for (int i = 0; i < 16; i++) shifts[i] = by[i / 4];
    return (strip)((strip_double_words)bytes >> shifts);
}

// The same of the four double words of every quarter.
SLUICE_INLINE strip shift_in_quarters(strip bytes, const int a, const int b, const int c, const int d) {
    const uint32_t by[4] = {(uint32_t)a, (uint32_t)b, (uint32_t)c, (uint32_t)d};
    strip_double_words shifts;
    UNROLLED for (int i = 0; i < 16; i++) shifts[i] = by[i % 4];
    return (strip)((strip_double_words)bytes >> shifts);
}

// Sixteen bytes four times.
SLUICE_INLINE strip repeat_quarter(codes quarter) {
    strip all;
    all.lo.lo = all.lo.hi = all.hi.lo = all.hi.hi = quarter;
    return all;
}

// Adds 16 to the codes of four blocks whose bits are set, a 32-bit word for each.
SLUICE_INLINE void add_fifth_bits(
    const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d, strip codes[2]) {
    const strip_double_words words = {
        sluice_load_u32(a), sluice_load_u32(b), sluice_load_u32(c), sluice_load_u32(d)};
    strip select;
    UNROLLED for (int i = 0; i < 64; i++) select[i] = (uint8_t)(1 << i % 8);
    const strip all = repeat_quarter(((strip)words).lo.lo);
#define BYTES(i) i, i, i, i, i, i, i, i
// Two bytes of every word in its own quarter.
#define BYTE_PAIRS(i) \
    BYTES(i), BYTES(i + 1), BYTES(i + 20), BYTES(i + 21), BYTES(i + 40), BYTES(i + 41), BYTES(i + 60), \
        BYTES(i + 61)
    codes[0] |= (strip)((__builtin_shufflevector(all, all, BYTE_PAIRS(0)) & select) != 0) & 16;
    codes[1] |= (strip)((__builtin_shufflevector(all, all, BYTE_PAIRS(2)) & select) != 0) & 16;
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

// Quarters 0, 2, 4, 6 and then 1, 3, 5, 7 of 128 bytes.
SLUICE_INLINE void load_every_other_quarter(const uint8_t *from, strip to[2]) {
    const lane_bits a = (lane_bits)load_strip(from), b = (lane_bits)load_strip(from + 64);
    to[0] = (strip)EVERY_OTHER_QUARTER(a, b, 0);
    to[1] = (strip)EVERY_OTHER_QUARTER(a, b, 4);
}

// The sums of the quarters of four vectors: lane 4q + r is that of quarter q of a[r].
SLUICE_INLINE lane_bits fold_quarters(const lane_bits a[4]) {
    const lane_bits first = INTERLEAVED(a[0], a[1], 0) + INTERLEAVED(a[0], a[1], 2);
    const lane_bits second = INTERLEAVED(a[2], a[3], 0) + INTERLEAVED(a[2], a[3], 2);
    return INTERLEAVED_PAIRS(first, second, 0) + INTERLEAVED_PAIRS(first, second, 2);
}

// Lane 4r + c becomes lane 4c + r.
#define QUARTER_TRANSPOSED(a) \
    __builtin_shufflevector(a, a, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)

// The sums of lanes r, 4 + r, 8 + r, 12 + r.
SLUICE_INLINE four_sums add_quarters(lane_bits a) {
    const eight_sums halves = a.lo + a.hi;
    return halves.lo + halves.hi;
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
