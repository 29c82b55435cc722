SLUICE_INLINE void strips_q4_1(const char *from, strip codes[2]) {
    const int bytes = sizeof(struct sluice_block_q4_1), at = offsetof(struct sluice_block_q4_1, low);
    split_halves(block_quarters(from, bytes, at), codes);
}

static const struct block_format format_q4_1 = {
    .strips = strips_q4_1, .bytes = sizeof(struct sluice_block_q4_1),
    .largest = 15, .is_small = true, .has_mins = true};

SLUICE_BLOCK_PRODUCT(q4_1)
