SLUICE_INLINE strip strip_q5_1(const void *first, const void *second) {
    const struct sluice_block_q5_1 *a = first, *b = second;
    return halves_in_turn(twice_each(a->low, b->low)) | fifth_bits_of(a->high, b->high);
}

static const struct block_format format_q5_1 = {
    .strip = strip_q5_1, .bytes = sizeof(struct sluice_block_q5_1), .has_mins = true};

SLUICE_BLOCK_PRODUCT(q5_1)
