SLUICE_LANE_DECODER(mxfp4) {
    const struct sluice_block_mxfp4 *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const float d = sluice_half_power(block->exponent);
        const codes low = load_codes(block->low);
        store(output, d * floats_of_signed(look_up_codes(sluice_mxfp4_values, low_codes(low))));
        store(output + 16, d * floats_of_signed(look_up_codes(sluice_mxfp4_values, high_codes(low))));
    }
}
