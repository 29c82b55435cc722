SLUICE_INLINE void strips_q5_1(const char *from, strip codes[2]) {
    const int bytes = sizeof(struct sluice_block_q5_1);
    split_halves(block_quarters(from, bytes, offsetof(struct sluice_block_q5_1, low)), codes);
    add_block_bits(from, bytes, offsetof(struct sluice_block_q5_1, high), codes);
}

static const struct block_format format_q5_1 = {
    .strips = strips_q5_1, .bytes = sizeof(struct sluice_block_q5_1), .largest = 31, .has_mins = true};

SLUICE_BLOCK_PRODUCT(q5_1)
