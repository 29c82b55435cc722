SLUICE_INLINE void strips_q6_K(const void *from, strip codes[4]) {
    const struct sluice_block_q6_K *block = from;
    const strip high = load_strip(block->high);
    UNROLLED for (int s = 0; s < 4; s++) {
        const uint8_t *at = block->low + 32 * (s % 2);
        const strip low = join_halves(at, at + 64);
        const strip two = s == 3 ? shift_right(high, 2) : shift_left(high, 4 - 2 * s);
        codes[s] = (shift_right(low, s / 2 * 4) & 0x0f) | (two & 0x30);
    }
}

SLUICE_INLINE struct groups groups_q6_K(const char *const blocks[FEW_ROWS]) {
    const strip scales = load_headers(blocks, offsetof(struct sluice_block_q6_K, scales));
    struct groups groups;
    groups.bytes = scales;
    return groups;
}

// Of each half's four spans: the low halves of two chunks, then the high ones, and two bits each of a third.
SLUICE_INLINE void spans_q6_K(const half_strip chunks[], half_strip codes[SPANS]) {
    UNROLLED for (int i = 0; i < SPANS; i++) {
        const int half = i / 4, j = i % 4;
        const half_strip low = shift_half(chunks[2 * half + j % 2], j / 2 * -4) & 0x0f;
        codes[i] = low | (shift_half(chunks[4 + half], 4 - 2 * j) & 0x30);
    }
}

static const struct superblock_format format_q6_K = {
    .strips = strips_q6_K, .groups = groups_q6_K, .bytes = sizeof(struct sluice_block_q6_K),
    .d_bytes = offsetof(struct sluice_block_q6_K, d), .group_elements = 16, .offset = 32,
    .order = PIECES_BY_HALVES,
    .chunks = 6, .chunks_bytes = offsetof(struct sluice_block_q6_K, low), .spans = spans_q6_K,
    .largest = 63};

SLUICE_SUPERBLOCK_PRODUCT(q6_K)
