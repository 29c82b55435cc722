SLUICE_INLINE void strips_q4_K(const void *from, strip codes[4]) {
    const struct sluice_block_q4_K *block = from;
    strip low[2];
    load_every_other_quarter(block->low, low);
    UNROLLED for (int i = 0; i < 2; i++) {
        codes[i] = low[i] & 0x0f;
        codes[2 + i] = shift_right(low[i], 4) & 0x0f;
    }
}

SLUICE_INLINE struct groups groups_q4_K(const char *const blocks[FEW_ROWS]) {
    return groups_of_scales_and_mins(blocks);
}

// Chunk c has spans 2c and 2c + 1 in the halves of its bytes.
SLUICE_INLINE void spans_q4_K(const half_strip chunks[], half_strip codes[SPANS]) {
    UNROLLED for (int i = 0; i < SPANS; i++) codes[i] = shift_half(chunks[i / 2], i % 2 * -4) & 0x0f;
}

static const struct superblock_format format_q4_K = {
    .strips = strips_q4_K, .groups = groups_q4_K, .bytes = sizeof(struct sluice_block_q4_K),
    .d_bytes = offsetof(struct sluice_block_q4_K, d), .m_bytes = offsetof(struct sluice_block_q4_K, dmin),
    .group_elements = 32, .order = PIECES_BY_FOURTHS, .has_mins = true,
    .chunks = 4, .chunks_bytes = offsetof(struct sluice_block_q4_K, low), .spans = spans_q4_K,
    .largest = 15};

SLUICE_SUPERBLOCK_PRODUCT(q4_K)
