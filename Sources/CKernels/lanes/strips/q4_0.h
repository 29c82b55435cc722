SLUICE_INLINE void strips_q4_0(const char *from, strip codes[2]) {
    const int bytes = sizeof(struct sluice_block_q4_0), at = offsetof(struct sluice_block_q4_0, low);
    split_halves(block_quarters(from, bytes, at), codes);
}

static const struct block_format format_q4_0 = {
    .strips = strips_q4_0, .bytes = sizeof(struct sluice_block_q4_0),
    .largest = 15, .is_small = true, .offset = 8};

SLUICE_BLOCK_PRODUCT(q4_0)
