SLUICE_LANE_DECODER(q2_K) {
    const struct sluice_block_q2_K *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 256) {
        const codes packed = load_codes(block->scales);
        float scales[16], mins[16];
        store(scales, load_half(block->d) * floats_of(low_codes(packed)));
        store(mins, load_half(block->dmin) * floats_of(high_codes(packed)));
        for (int part = 0; part < 4; part++) {
            codes q = load_codes(block->q + 16 * part);
            // Part 0 and 1 are the two halves of groups 0-7, part 2 and 3 those of groups 8-15.
            for (int i = 0; i < 4; i++, q >>= 2) {
                const int group = part / 2 * 8 + part % 2 + 2 * i;
                store(output + 16 * group, scales[group] * floats_of(q & 3) - mins[group]);
            }
        }
    }
}
