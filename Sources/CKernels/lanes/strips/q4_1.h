SLUICE_INLINE strip strip_q4_1(const void *first, const void *second) {
    const struct sluice_block_q4_1 *a = first, *b = second;
    return halves_in_turn(twice_each(a->low, b->low));
}

static const struct block_format format_q4_1 = {
    .strip = strip_q4_1, .bytes = sizeof(struct sluice_block_q4_1), .has_mins = true};

SLUICE_BLOCK_PRODUCT(q4_1)
