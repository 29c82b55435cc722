// The values and 128.
static const uint8_t shifted_iq4_values[16] = {
    1, 24, 45, 63, 79, 93, 106, 118, 129, 141, 153, 166, 181, 197, 217, 241};

SLUICE_INLINE void strips_iq4_nl(const char *from, strip codes[2]) {
    const struct sluice_block_iq4_nl *b = (const void *)from;
    split_halves(join_quarters(b[0].low, b[1].low, b[2].low, b[3].low), codes);
    UNROLLED for (int i = 0; i < 2; i++) codes[i] = look_up_strip(shifted_iq4_values, codes[i]);
}

static const struct block_format format_iq4_nl = {
    .strips = strips_iq4_nl, .bytes = sizeof(struct sluice_block_iq4_nl),
    .largest = 128, .offset = 128, .is_wide = true};

SLUICE_BLOCK_PRODUCT(iq4_nl)
