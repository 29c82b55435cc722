SLUICE_INLINE void strips_q2_K(const void *from, strip codes[4]) {
    const struct sluice_block_q2_K *block = from;
    const strip q = load_strip(block->q);
    UNROLLED for (int s = 0; s < 4; s++) codes[s] = shift_right(q, 2 * s) & 3;
}

SLUICE_INLINE struct groups groups_q2_K(const char *const blocks[FEW_ROWS]) {
    const strip packed = load_headers(blocks, offsetof(struct sluice_block_q2_K, scales));
    const strip scales = packed & 0x0f, mins = shift_right(packed, 4) & 0x0f;
    struct groups groups;
    groups.bytes = scales;
    UNROLLED for (int i = 0; i < 2; i++) {
        groups.mins[i] = (signed_strip_words)words_at(mins, words_in_order[i]);
    }
    return groups;
}

SLUICE_INLINE void spans_q2_K(const half_strip chunks[], half_strip codes[SPANS]) {
    UNROLLED for (int i = 0; i < SPANS; i++) codes[i] = shift_half(chunks[i / 4], i % 4 * -2) & 3;
}

static const struct superblock_format format_q2_K = {
    .strips = strips_q2_K, .groups = groups_q2_K, .bytes = sizeof(struct sluice_block_q2_K),
    .d_bytes = offsetof(struct sluice_block_q2_K, d), .m_bytes = offsetof(struct sluice_block_q2_K, dmin),
    .group_elements = 16, .order = PIECES_BY_HALVES, .has_mins = true,
    .chunks = 2, .chunks_bytes = offsetof(struct sluice_block_q2_K, q), .spans = spans_q2_K,
    .largest = 3};

SLUICE_SUPERBLOCK_PRODUCT(q2_K)
