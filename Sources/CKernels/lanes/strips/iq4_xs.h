SLUICE_INLINE void strips_iq4_xs(const void *from, strip codes[4]) {
    const struct sluice_block_iq4_xs *block = from;
    UNROLLED for (int i = 0; i < 2; i++) split_halves(load_strip(block->low + 64 * i), codes + 2 * i);
    UNROLLED for (int s = 0; s < 4; s++) codes[s] = look_up_strip(shifted_iq4_values, codes[s]);
}

SLUICE_INLINE struct groups groups_iq4_xs(const char *const blocks[FEW_ROWS]) {
    const strip packed = load_headers(blocks, 0);
    // The byte of low bits and both bytes of high ones for every scale, one in a double word.
    static const uint8_t low_bytes[2][16] = {
        {4, 128, 128, 128, 4, 128, 128, 128, 5, 128, 128, 128, 5, 128, 128, 128},
        {6, 128, 128, 128, 6, 128, 128, 128, 7, 128, 128, 128, 7, 128, 128, 128}};
    static const uint8_t high_byte[2][16] = {
        {2, 128, 128, 128, 2, 128, 128, 128, 2, 128, 128, 128, 2, 128, 128, 128},
        {3, 128, 128, 128, 3, 128, 128, 128, 3, 128, 128, 128, 3, 128, 128, 128}};
    struct groups groups;
    UNROLLED for (int i = 0; i < 2; i++) {
        const strip low = shift_in_quarters(shuffle_quarters(packed, low_bytes[i]), 0, 4, 0, 4);
        const strip high = shift_in_quarters(shuffle_quarters(packed, high_byte[i]), 0, 2, 4, 6);
        groups.scales[i] = ((lane_bits)low & 0x0f) + (((lane_bits)high & 3) << 4) - 32;
    }
    static const uint8_t first[16] = {
        0, 4, 8, 12, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128};
    static const uint8_t second[16] = {
        128, 128, 128, 128, 0, 4, 8, 12, 128, 128, 128, 128, 128, 128, 128, 128};
    groups.bytes = shuffle_quarters((strip)groups.scales[0], first)
        | shuffle_quarters((strip)groups.scales[1], second);
    return groups;
}

// Values instead of codes. Chunk c has groups 2c and 2c + 1: span 2c their first halves, 2c + 1 the others.
SLUICE_INLINE void spans_iq4_xs(const half_strip chunks[], half_strip codes[SPANS]) {
    UNROLLED for (int i = 0; i < SPANS; i++) {
        codes[i] = look_up_half(sluice_iq4_values, shift_half(chunks[i / 2], i % 2 * -4) & 0x0f);
    }
}

static const struct superblock_format format_iq4_xs = {
    .strips = strips_iq4_xs, .groups = groups_iq4_xs, .bytes = sizeof(struct sluice_block_iq4_xs),
    .d_bytes = offsetof(struct sluice_block_iq4_xs, d), .group_elements = 32, .offset = 128,
    .order = PIECES_IN_TURN, .is_wide = true,
    .chunks = 4, .chunks_bytes = offsetof(struct sluice_block_iq4_xs, low), .spans = spans_iq4_xs,
    .largest = 128};

SLUICE_SUPERBLOCK_PRODUCT(iq4_xs)
