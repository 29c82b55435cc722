// The values and 128.
static const uint8_t shifted_iq4_values[16] = {
    1, 24, 45, 63, 79, 93, 106, 118, 129, 141, 153, 166, 181, 197, 217, 241};

SLUICE_INLINE strip strip_iq4_nl(const void *first, const void *second) {
    const struct sluice_block_iq4_nl *a = first, *b = second;
    return look_up_strip(shifted_iq4_values, halves_in_turn(twice_each(a->low, b->low)));
}

static const struct block_format format_iq4_nl = {
    .strip = strip_iq4_nl, .bytes = sizeof(struct sluice_block_iq4_nl), .offset = 128, .is_wide = true};

SLUICE_BLOCK_PRODUCT(iq4_nl)
