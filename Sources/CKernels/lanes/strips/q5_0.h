SLUICE_INLINE strip strip_q5_0(const void *first, const void *second) {
    const struct sluice_block_q5_0 *a = first, *b = second;
    return halves_in_turn(twice_each(a->low, b->low)) | fifth_bits_of(a->high, b->high);
}

static const struct block_format format_q5_0 = {
    .strip = strip_q5_0, .bytes = sizeof(struct sluice_block_q5_0), .offset = 16};

SLUICE_BLOCK_PRODUCT(q5_0)
