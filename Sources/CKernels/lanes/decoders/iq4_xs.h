SLUICE_LANE_DECODER(iq4_xs) {
    const struct sluice_block_iq4_xs *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 256) {
        const lanes d = load_half(block->d);
        const int scales_high = sluice_load_u16(block->scales_high);
        for (int group = 0; group < 8; group++) {
            const int scale_low = block->scales_low[group / 2] >> 4 * (group % 2) & 0x0f;
            const float scale = d.x * (float)((scale_low | (scales_high >> 2 * group & 3) << 4) - 32);
            const codes low = load_codes(block->low + 16 * group);
            float *at = output + 32 * group;
            store(at, scale * floats_of_signed(look_up_codes(sluice_iq4_values, low_codes(low))));
            store(at + 16, scale * floats_of_signed(look_up_codes(sluice_iq4_values, high_codes(low))));
        }
    }
}
