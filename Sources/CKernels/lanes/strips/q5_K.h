SLUICE_INLINE void strips_q5_K(const void *from, strip codes[4]) {
    const struct sluice_block_q5_K *block = from;
    strip low[2];
    load_every_other_quarter(block->low, low);
    UNROLLED for (int i = 0; i < 2; i++) {
        // Quarter q takes bit 2q for its even group and the next one for the odd group.
        const uint8_t *high = block->high + 16 * i;
        const strip bits = shift_quarters(join_quarters(high, high, high, high), 0, 2, 4, 6);
        codes[i] = (low[i] & 0x0f) | (shift_left(bits, 4) & 0x10);
        codes[2 + i] = (shift_right(low[i], 4) & 0x0f) | (shift_left(bits, 3) & 0x10);
    }
}

SLUICE_INLINE struct groups groups_q5_K(const char *const blocks[FEW_ROWS]) {
    return groups_of_scales_and_mins(blocks);
}

// As in Q4_K; bit i of the first chunk is the fifth of span i.
SLUICE_INLINE void spans_q5_K(const half_strip chunks[], half_strip codes[SPANS]) {
    UNROLLED for (int i = 0; i < SPANS; i++) {
        const half_strip low = shift_half(chunks[1 + i / 2], i % 2 * -4) & 0x0f;
        codes[i] = low | (shift_half(chunks[0], 4 - i) & 0x10);
    }
}

static const struct superblock_format format_q5_K = {
    .strips = strips_q5_K, .groups = groups_q5_K, .bytes = sizeof(struct sluice_block_q5_K),
    .d_bytes = offsetof(struct sluice_block_q5_K, d), .m_bytes = offsetof(struct sluice_block_q5_K, dmin),
    .group_elements = 32, .order = PIECES_BY_FOURTHS, .has_mins = true,
    .chunks = 5, .chunks_bytes = offsetof(struct sluice_block_q5_K, high), .spans = spans_q5_K,
    .largest = 31};

SLUICE_SUPERBLOCK_PRODUCT(q5_K)
