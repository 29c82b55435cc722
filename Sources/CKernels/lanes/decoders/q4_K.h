SLUICE_LANE_DECODER(q4_K) {
    const struct sluice_block_q4_K *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 256) {
        float scales[16];
        const float *mins = scales + 8;
        unpack_scales_and_mins(block->scales, load_half(block->d), load_half(block->dmin), scales);
        for (int part = 0; part < 8; part++) {
            const codes low = load_codes(block->low + 16 * part);
            const int group = part / 2 * 2;
            float *at = output + 32 * group + part % 2 * 16;
            store(at, scales[group] * floats_of(low_codes(low)) - mins[group]);
            store(at + 32, scales[group + 1] * floats_of(high_codes(low)) - mins[group + 1]);
        }
    }
}
