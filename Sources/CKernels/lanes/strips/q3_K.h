SLUICE_INLINE strip strip_q3_K(const void *from, int part) {
    const struct sluice_block_q3_K *block = from;
    const uint8_t *low = block->low + part / 2 * 32;
    const strip high = join_halves(block->high, block->high);
    return (shift_halves(join_halves(low, low), part % 2 * 4, part % 2 * 4 + 2) & 3)
        | where_bits(high, 2 * part, 2 * part + 1, 4);
}

SLUICE_INLINE struct groups groups_q3_K(const void *from) {
    const struct sluice_block_q3_K *block = from;
    return (struct groups){.scales = unpack_signed_scales(block->scales)};
}

static const struct superblock_format format_q3_K = {
    .strip = strip_q3_K, .groups = groups_q3_K, .bytes = sizeof(struct sluice_block_q3_K),
    .d_bytes = offsetof(struct sluice_block_q3_K, d), .group_elements = 16, .offset = 4};

SLUICE_SUPERBLOCK_PRODUCT(q3_K)
