SLUICE_LANE_DECODER(q4_0) {
    const struct sluice_block_q4_0 *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const lanes d = load_half(block->d);
        const codes low = load_codes(block->low);
        store(output, d * floats_of_signed((signed_codes)(low_codes(low) - 8)));
        store(output + 16, d * floats_of_signed((signed_codes)(high_codes(low) - 8)));
    }
}
