// The values and 12.
static const uint8_t shifted_mxfp4_values[16] = {
    12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0};

SLUICE_INLINE strip strip_mxfp4(const void *first, const void *second) {
    const struct sluice_block_mxfp4 *a = first, *b = second;
    return look_up_strip(shifted_mxfp4_values, halves_in_turn(twice_each(a->low, b->low)));
}

static const struct block_format format_mxfp4 = {
    .strip = strip_mxfp4, .bytes = sizeof(struct sluice_block_mxfp4), .offset = 12, .has_exponents = true};

SLUICE_BLOCK_PRODUCT(mxfp4)
