SLUICE_LANE_DECODER(iq4_nl) {
    const struct sluice_block_iq4_nl *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const lanes d = load_half(block->d);
        const codes low = load_codes(block->low);
        store(output, d * floats_of_signed(look_up_codes(sluice_iq4_values, low_codes(low))));
        store(output + 16, d * floats_of_signed(look_up_codes(sluice_iq4_values, high_codes(low))));
    }
}
