SLUICE_LANE_DECODER(q3_K) {
    const struct sluice_block_q3_K *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 256) {
        float scales[16];
        store(scales, load_half(block->d) * floats_of_signed(unpack_signed_scales(block->scales)));
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
