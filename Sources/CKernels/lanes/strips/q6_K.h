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

static const struct superblock_format format_q6_K = {
    .strips = strips_q6_K, .groups = groups_q6_K, .bytes = sizeof(struct sluice_block_q6_K),
    .d_bytes = offsetof(struct sluice_block_q6_K, d), .group_elements = 16, .offset = 32,
    .order = PIECES_BY_HALVES};

SLUICE_SUPERBLOCK_PRODUCT(q6_K)
