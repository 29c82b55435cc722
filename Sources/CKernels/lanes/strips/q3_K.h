SLUICE_INLINE void strips_q3_K(const void *from, strip codes[4]) {
    const struct sluice_block_q3_K *block = from;
    const strip low = load_strip(block->low);
    // Bit s of the lower half and bit 4 + s of the upper one are strip s's.
    const strip high = shift_quarters(join_halves(block->high, block->high), 0, 0, 4, 4);
    UNROLLED for (int s = 0; s < 4; s++) {
        const strip third = s == 3 ? shift_right(high, 1) : shift_left(high, 2 - s);
        codes[s] = (shift_right(low, 2 * s) & 3) | (third & 4);
    }
}

SLUICE_INLINE struct groups groups_q3_K(const char *const blocks[FEW_ROWS]) {
    // From two bytes before the scales, so that the block's end is not passed.
    const int before = 2;
    const strip packed = load_headers(blocks, offsetof(struct sluice_block_q3_K, scales) - before);
    static const uint8_t low_bytes[16] = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5, 6, 7, 8, 9};
    static const uint8_t high_bytes[16] = {10, 11, 12, 13, 10, 11, 12, 13, 10, 11, 12, 13, 10, 11, 12, 13};
    const strip low = shift_in_quarters(shuffle_quarters(packed, low_bytes), 0, 0, 4, 4) & 0x0f;
    const strip high = shift_in_quarters(shuffle_quarters(packed, high_bytes), 0, 2, 4, 6) & 3;
    const strip scales = low | shift_left(high, 4);
    struct groups groups;
    groups.bytes = scales - 32;
    return groups;
}

// As in Q2_K; bit i of the first chunk is the third of span i.
SLUICE_INLINE void spans_q3_K(const half_strip chunks[], half_strip codes[SPANS]) {
    UNROLLED for (int i = 0; i < SPANS; i++) {
        const half_strip low = shift_half(chunks[1 + i / 4], i % 4 * -2) & 3;
        codes[i] = low | (shift_half(chunks[0], 2 - i) & 4);
    }
}

static const struct superblock_format format_q3_K = {
    .strips = strips_q3_K, .groups = groups_q3_K, .bytes = sizeof(struct sluice_block_q3_K),
    .d_bytes = offsetof(struct sluice_block_q3_K, d), .group_elements = 16, .offset = 4,
    .order = PIECES_BY_HALVES,
    .chunks = 3, .chunks_bytes = offsetof(struct sluice_block_q3_K, high), .spans = spans_q3_K,
    .largest = 7};

SLUICE_SUPERBLOCK_PRODUCT(q3_K)
