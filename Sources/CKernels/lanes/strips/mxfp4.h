// The values and 12.
static const uint8_t shifted_mxfp4_values[16] = {
    12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0};

SLUICE_INLINE void strips_mxfp4(const char *from, strip codes[2]) {
    const struct sluice_block_mxfp4 *b = (const void *)from;
    split_halves(join_quarters(b[0].low, b[1].low, b[2].low, b[3].low), codes);
    UNROLLED for (int i = 0; i < 2; i++) codes[i] = look_up_strip(shifted_mxfp4_values, codes[i]);
}

static const struct block_format format_mxfp4 = {
    .strips = strips_mxfp4, .bytes = sizeof(struct sluice_block_mxfp4),
    .largest = 24, .offset = 12, .is_small = true, .has_exponents = true};

SLUICE_BLOCK_PRODUCT(mxfp4)
