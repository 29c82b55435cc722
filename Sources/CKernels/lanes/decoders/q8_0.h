SLUICE_LANE_DECODER(q8_0) {
    const struct sluice_block_q8_0 *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const lanes d = load_half(block->d);
        store(output, d * floats_of_signed((signed_codes)load_codes(block->q)));
        store(output + 16, d * floats_of_signed((signed_codes)load_codes(block->q + 16)));
    }
}
