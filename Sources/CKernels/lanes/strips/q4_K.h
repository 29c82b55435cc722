SLUICE_INLINE strip strip_q4_K(const void *from, int part) {
    const struct sluice_block_q4_K *block = from;
    const uint8_t *low = block->low + part * 32;
    return shift_halves(join_halves(low, low), 0, 4) & 0x0f;
}

SLUICE_INLINE struct groups groups_q4_K(const void *from) {
    const struct sluice_block_q4_K *block = from;
    return groups_of_32(unpack_scale_codes(block->scales));
}

static const struct superblock_format format_q4_K = {
    .strip = strip_q4_K, .groups = groups_q4_K, .bytes = sizeof(struct sluice_block_q4_K),
    .d_bytes = offsetof(struct sluice_block_q4_K, d), .m_bytes = offsetof(struct sluice_block_q4_K, dmin),
    .group_elements = 32, .has_mins = true};

SLUICE_SUPERBLOCK_PRODUCT(q4_K)
