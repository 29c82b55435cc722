SLUICE_INLINE strip strip_q8_0(const void *first, const void *second) {
    const struct sluice_block_q8_0 *a = first, *b = second;
    return join_halves(a->q, b->q) ^ 0x80;
}

static const struct block_format format_q8_0 = {
    .strip = strip_q8_0, .bytes = sizeof(struct sluice_block_q8_0), .offset = 128, .is_wide = true};

SLUICE_BLOCK_PRODUCT(q8_0)
