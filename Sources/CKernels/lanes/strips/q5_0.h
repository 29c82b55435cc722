SLUICE_INLINE void strips_q5_0(const char *from, strip codes[2]) {
    const int bytes = sizeof(struct sluice_block_q5_0);
    split_halves(block_quarters(from, bytes, offsetof(struct sluice_block_q5_0, low)), codes);
    add_block_bits(from, bytes, offsetof(struct sluice_block_q5_0, high), codes);
}

static const struct block_format format_q5_0 = {
    .strips = strips_q5_0, .bytes = sizeof(struct sluice_block_q5_0),
    .largest = 31, .is_small = true, .offset = 16};

SLUICE_BLOCK_PRODUCT(q5_0)
