SLUICE_INLINE strip strip_q6_K(const void *from, int part) {
    const struct sluice_block_q6_K *block = from;
    const strip low = load_strip(block->low + part / 2 * 64);
    const uint8_t *high = block->high + part / 2 * 32;
    const int shift = part % 2 * 4;
    const strip two = shift_halves(join_halves(high, high), shift, shift + 2) & 3;
    return (shift_halves(low, shift, shift) & 0x0f) | two << 4;
}

SLUICE_INLINE struct groups groups_q6_K(const void *from) {
    const struct sluice_block_q6_K *block = from;
    return (struct groups){.scales = (signed_codes)load_codes(block->scales)};
}

static const struct superblock_format format_q6_K = {
    .strip = strip_q6_K, .groups = groups_q6_K, .bytes = sizeof(struct sluice_block_q6_K),
    .d_bytes = offsetof(struct sluice_block_q6_K, d), .group_elements = 16, .offset = 32};

SLUICE_SUPERBLOCK_PRODUCT(q6_K)
