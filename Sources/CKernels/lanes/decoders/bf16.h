SLUICE_LANE_DECODER(bf16) {
    typedef uint16_t words __attribute__((ext_vector_type(16), aligned(1), may_alias));
    const uint8_t *bytes = blocks;
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        const words values = *(const words *)(const void *)(bytes + 2 * i);
        store(output + i, (lanes)(__builtin_convertvector(values, lane_bits) << 16));
    }
    for (; i < count; i++) {
        output[i] = sluice_float_from_bits((uint32_t)sluice_load_u16(bytes + 2 * i) << 16);
    }
}
