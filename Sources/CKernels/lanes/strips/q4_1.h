SLUICE_INLINE void strips_q4_1(const char *from, strip codes[2]) {
    const struct sluice_block_q4_1 *b = (const void *)from;
    split_halves(join_quarters(b[0].low, b[1].low, b[2].low, b[3].low), codes);
}

static const struct block_format format_q4_1 = {
    .strips = strips_q4_1, .bytes = sizeof(struct sluice_block_q4_1), .has_mins = true};

SLUICE_BLOCK_PRODUCT(q4_1)
