SLUICE_LANE_DECODER(q3_K) {
    const struct sluice_block_q3_K *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 256) {
        // The sixteen six-bit scales, four per word.
        const uint32_t first = sluice_load_u32(block->scales), second = sluice_load_u32(block->scales + 4);
        const uint32_t high = sluice_load_u32(block->scales + 8);
        const uint32_t words[4] = {
            (first & 0x0f0f0f0fu) | (high << 4 & 0x30303030u),
            (second & 0x0f0f0f0fu) | (high << 2 & 0x30303030u),
            (first >> 4 & 0x0f0f0f0fu) | (high & 0x30303030u),
            (second >> 4 & 0x0f0f0f0fu) | (high >> 2 & 0x30303030u)};
        float scales[16];
        store(scales, load_half(block->d) * floats_of_signed((signed_codes)(load_codes(words) - 32)));
        for (int part = 0; part < 4; part++) {
            codes q = load_codes(block->low + 16 * part);
            codes mask = load_codes(block->high + 16 * (part % 2)) >> (uint8_t)(part / 2 * 4);
            for (int i = 0; i < 4; i++, q >>= 2, mask >>= 1) {
                const int group = part / 2 * 8 + part % 2 + 2 * i;
                const signed_codes value = (signed_codes)((q & 3) - (((mask & 1) ^ 1) << 2));
                store(output + 16 * group, scales[group] * floats_of_signed(value));
            }
        }
    }
}
