SLUICE_LANE_DECODER(q6_K) {
    const struct sluice_block_q6_K *block = blocks;
    for (int64_t b = 0; b < count; b++, block++, output += 256) {
        float scales[16];
        store(scales, load_half(block->d) * floats_of_signed((signed_codes)load_codes(block->scales)));
        for (int part = 0; part < 4; part++) {
            // Sixteen columns of each of the four strips of 32 in half a block.
            const int half = part / 2, column = part % 2;
            const codes first = load_codes(block->low + 64 * half + 16 * column);
            const codes second = load_codes(block->low + 64 * half + 32 + 16 * column);
            const codes high = load_codes(block->high + 32 * half + 16 * column);
            const codes q[4] = {
                low_codes(first) | (high & 0x03) << 4, low_codes(second) | (high & 0x0c) << 2,
                high_codes(first) | (high & 0x30), high_codes(second) | (high & 0xc0) >> 2};
            for (int strip = 0; strip < 4; strip++) {
                const float scale = scales[8 * half + 2 * strip + column];
                const lanes values = floats_of_signed((signed_codes)(q[strip] - 32));
                store(output + 128 * half + 32 * strip + 16 * column, scale * values);
            }
        }
    }
}
