SLUICE_INLINE strip strip_q2_K(const void *from, int part) {
    const struct sluice_block_q2_K *block = from;
    const uint8_t *q = block->q + part / 2 * 32;
    return shift_halves(join_halves(q, q), part % 2 * 4, part % 2 * 4 + 2) & 3;
}

SLUICE_INLINE struct groups groups_q2_K(const void *from) {
    const struct sluice_block_q2_K *block = from;
    const codes packed = load_codes(block->scales);
    return (struct groups){
        .scales = (signed_codes)low_codes(packed), .mins = (signed_codes)high_codes(packed)};
}

static const struct superblock_format format_q2_K = {
    .strip = strip_q2_K, .groups = groups_q2_K, .bytes = sizeof(struct sluice_block_q2_K),
    .d_bytes = offsetof(struct sluice_block_q2_K, d), .m_bytes = offsetof(struct sluice_block_q2_K, dmin),
    .group_elements = 16, .has_mins = true};

SLUICE_SUPERBLOCK_PRODUCT(q2_K)
