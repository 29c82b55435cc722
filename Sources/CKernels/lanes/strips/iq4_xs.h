SLUICE_INLINE strip strip_iq4_xs(const void *from, int part) {
    const struct sluice_block_iq4_xs *block = from;
    const uint8_t *low = block->low + part * 32;
    return look_up_strip(shifted_iq4_values, halves_in_turn(twice_each(low, low + 16)));
}

SLUICE_INLINE struct groups groups_iq4_xs(const void *from) {
    const struct sluice_block_iq4_xs *block = from;
    // Four bits of each of the eight scales spread to bytes, two more in the same way.
    uint64_t low = sluice_load_u32(block->scales_low), high = sluice_load_u16(block->scales_high);
    low = (low | low << 16) & 0x0000ffff0000ffffu;
    low = (low | low << 8) & 0x00ff00ff00ff00ffu;
    low = (low | low << 4) & 0x0f0f0f0f0f0f0f0fu;
    high = (high | high << 24) & 0x000000ff000000ffu;
    high = (high | high << 12) & 0x000f000f000f000fu;
    high = (high | high << 6) & 0x0303030303030303u;
    const uint64_t packed[2] = {low | high << 4, 0};
    const struct groups spread = groups_of_32(load_codes(packed));
    return (struct groups){.scales = spread.scales - 32};
}

static const struct superblock_format format_iq4_xs = {
    .strip = strip_iq4_xs, .groups = groups_iq4_xs, .bytes = sizeof(struct sluice_block_iq4_xs),
    .d_bytes = offsetof(struct sluice_block_iq4_xs, d), .group_elements = 32, .offset = 128, .is_wide = true};

SLUICE_SUPERBLOCK_PRODUCT(iq4_xs)
