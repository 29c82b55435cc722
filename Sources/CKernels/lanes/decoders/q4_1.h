SLUICE_LANE_DECODER(q4_1) {
    const struct sluice_block_q4_1 *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const lanes d = load_half(block->d), m = load_half(block->m);
        const codes low = load_codes(block->low);
        store(output, d * floats_of(low_codes(low)) + m);
        store(output + 16, d * floats_of(high_codes(low)) + m);
    }
}
