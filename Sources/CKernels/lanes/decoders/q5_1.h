SLUICE_LANE_DECODER(q5_1) {
    const struct sluice_block_q5_1 *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 32) {
        const lanes d = load_half(block->d), m = load_half(block->m);
        const codes low = load_codes(block->low);
        const codes first = low_codes(low) | fifth_bits(sluice_load_u16(block->high));
        const codes second = high_codes(low) | fifth_bits(sluice_load_u16(block->high + 2));
        store(output, d * floats_of(first) + m);
        store(output + 16, d * floats_of(second) + m);
    }
}
