// Included by integer_products.h: formats with blocks of 256, and what their groups and blocks are scaled by.

enum { SPANS = 8, CHUNK = 32, MOST_CHUNKS = 6 };

// How the sixteen pieces of sixteen codes lie in four strips of four.
enum piece_order {
    // Strip s has pieces 2s, 2s + 1, 8 + 2s, 9 + 2s: sixteen groups of 16.
    PIECES_BY_HALVES,
    // Strip s has pieces s, 4 + s, 8 + s, 12 + s: the even groups of 32 and then the odd ones.
    PIECES_BY_FOURTHS,
    // Strips 0 and 1 have the even and the odd pieces of the first half, 2 and 3 those of the second: groups
    // of 32 in their order.
    PIECES_IN_TURN,
};

// What the groups of four rows' blocks are multiplied with.
struct groups {
    // Signed bytes in the order of the groups, those of row r in quarter r.
    strip bytes;
    // Of wide codes: lane 4r + q of scales[s] belongs to row r and quarter q of strips 2s and 2s + 1.
    lane_bits scales[2];
    // Mins in the order of the groups, eight words of row r in quarter r.
    signed_strip_words mins[2];
};

struct superblock_format {
    void (*strips)(const void *block, strip codes[4]);
    struct groups (*groups)(const char *const blocks[FEW_ROWS]);
    int bytes;
    // Where the halves of the block's scale and of its mins' scale lie.
    int d_bytes, m_bytes;
    int group_elements;
    int offset;
    enum piece_order order;
    // Wide codes have groups of 32.
    bool is_wide, has_mins;
    // For sets that go by spans of 32 codes instead of strips: how many chunks of 32 bytes have their bits
    // and where in the block they begin, and how byte i of all chunks gives code i of every span, or its
    // value if wide.
    int chunks, chunks_bytes;
    void (*spans)(const half_strip chunks[], half_strip codes[SPANS]);
    // The largest code, or magnitude of a wide one's value.
    int largest;
};

// Words that are the bytes of each quarter at `index`, zero where it is 128.
SLUICE_INLINE strip_words words_at(strip bytes, const uint8_t index[16]) {
    return (strip_words)shuffle_quarters(bytes, index);
}

// table[q] of 32 codes below 16.
SLUICE_INLINE half_strip look_up_half(const void *table, half_strip q) {
    strip both;
    both.lo = both.hi = q;
    return look_up_strip(table, both).lo;
}

static const uint8_t words_in_order[2][16] = {
    {0, 128, 1, 128, 2, 128, 3, 128, 4, 128, 5, 128, 6, 128, 7, 128},
    {8, 128, 9, 128, 10, 128, 11, 128, 12, 128, 13, 128, 14, 128, 15, 128}};

// Sixteen bytes of each of four blocks.
SLUICE_INLINE strip load_headers(const char *const blocks[FEW_ROWS], size_t bytes) {
    return join_quarters(blocks[0] + bytes, blocks[1] + bytes, blocks[2] + bytes, blocks[3] + bytes);
}

// Scales and mins of Q4_K and Q5_K blocks, whose twelve bytes lie behind the two halves.
SLUICE_INLINE struct groups groups_of_scales_and_mins(const char *const blocks[FEW_ROWS]) {
    const lane_bits header = (lane_bits)load_headers(blocks, 0);
    const strip first = (strip)__builtin_shufflevector(
        header, header, 1, 1, 2, 2, 5, 5, 6, 6, 9, 9, 10, 10, 13, 13, 14, 14);
    const strip third = (strip)__builtin_shufflevector(
        header, header, 3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15);
    const uint32_t six = 0x3f3f3f3f, two = 0x30303030, four = 0x0f0f0f0f;
    const strip_double_words first_mask = {
        six, two, six, two, six, two, six, two, six, two, six, two, six, two, six, two};
    const strip_double_words third_mask = {
        0, four, 0, four, 0, four, 0, four, 0, four, 0, four, 0, four, 0, four};
    // Scales of groups 0 ... 7 in the first half of each quarter, then mins.
    const strip packed = (shift_in_quarters(first, 0, 2, 0, 2) & (strip)first_mask)
        | (shift_in_quarters(third, 0, 0, 0, 4) & (strip)third_mask);
    return (struct groups){
        .bytes = packed, .mins = {(signed_strip_words)words_at(packed, words_in_order[1])}};
}

enum { SUPERBLOCK = 256, STRIPS = SUPERBLOCK / 64, PIECE = 16, PIECES = SUPERBLOCK / PIECE };

SLUICE_INLINE int piece_at(enum piece_order order, int strip, int quarter) {
    switch (order) {
    case PIECES_BY_HALVES: return quarter / 2 * 8 + 2 * strip + quarter % 2;
    case PIECES_BY_FOURTHS: return 4 * quarter + strip;
    case PIECES_IN_TURN: return strip / 2 * 8 + 2 * quarter + strip % 2;
    }
}

SLUICE_INLINE int superblock_offset(const struct superblock_format *f) {
    return f->offset - (f->is_wide ? WIDE_BIAS : 0);
}

SLUICE_INLINE int strips_per_group(const struct superblock_format *f) { return f->group_elements / PIECE; }

// The scales of four blocks, and those of their mins, which lie behind them.
SLUICE_INLINE eight_floats load_four_scales(
    const char *const blocks[FEW_ROWS], const struct superblock_format *f) {
    uint32_t pairs[LANES / 2] = {0};
    UNROLLED for (int r = 0; r < FEW_ROWS; r++) {
        if (f->has_mins) memcpy(&pairs[r], blocks[r] + f->d_bytes, sizeof pairs[r]);
        else memcpy(&pairs[r], blocks[r] + f->d_bytes, sizeof(uint16_t));
    }
    const eight_floats scales = load_half_lanes(pairs).lo;
    return __builtin_shufflevector(scales, scales, 0, 2, 4, 6, 1, 3, 5, 7);
}

// The sums over the groups of min times input, of four rows.
SLUICE_INLINE four_sums offset_sums(
    const signed_strip_words mins[2], const int16_t *sums, const int strips) {
    const lane_bits low = (lane_bits)repeat_quarter(load_codes(sums));
    const lane_bits high = (lane_bits)repeat_quarter(load_codes(sums + PIECES / 2));
    lane_bits sum = dot_words(splat_bits(0), (lane_bits)mins[0], low);
    if (strips == 1) sum = dot_words(sum, (lane_bits)mins[1], high);
    return add_quarters(QUARTER_TRANSPOSED(sum));
}
