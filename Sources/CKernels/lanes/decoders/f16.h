SLUICE_LANE_DECODER(f16) {
    const uint8_t *bytes = blocks;
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) store(output + i, load_half_lanes(bytes + 2 * i));
    for (; i < count; i++) output[i] = sluice_load_half(bytes + 2 * i);
}
