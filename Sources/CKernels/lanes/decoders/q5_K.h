SLUICE_LANE_DECODER(q5_K) {
    const struct sluice_block_q5_K *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 256) {
        float scales[16];
        const float *mins = scales + 8;
        unpack_scales_and_mins(block->scales, load_half(block->d), load_half(block->dmin), scales);
        for (int part = 0; part < 8; part++) {
            const codes low = load_codes(block->low + 16 * part);
            const int group = part / 2 * 2;
            const codes high = load_codes(block->high + part % 2 * 16) >> (uint8_t)group;
            float *at = output + 32 * group + part % 2 * 16;
            const codes first = low_codes(low) | (high & 1) << 4, second = high_codes(low) | (high & 2) << 3;
            store(at, scales[group] * floats_of(first) - mins[group]);
            store(at + 32, scales[group + 1] * floats_of(second) - mins[group + 1]);
        }
    }
}
