SLUICE_INLINE void strips_q8_0(const char *from, strip codes[2]) {
    const struct sluice_block_q8_0 *b = (const void *)from;
    UNROLLED for (int half = 0; half < 2; half++) {
        const int at = HALF_BLOCK * half;
        codes[half] = join_quarters(b[0].q + at, b[1].q + at, b[2].q + at, b[3].q + at) ^ 0x80;
    }
}

static const struct block_format format_q8_0 = {
    .strips = strips_q8_0, .bytes = sizeof(struct sluice_block_q8_0),
    .largest = 128, .offset = 128, .is_wide = true};

SLUICE_BLOCK_PRODUCT(q8_0)
