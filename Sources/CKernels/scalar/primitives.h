// What lanes cannot express, element by element.

SLUICE_INLINE lanes load_half_lanes(const void *from) {
    lanes values;
    for (int i = 0; i < LANES; i++) values[i] = sluice_load_half((const uint8_t *)from + 2 * i);
    return values;
}

SLUICE_INLINE void store_half_lanes(void *to, lanes values) {
    for (int i = 0; i < LANES; i++) {
        const uint16_t half = sluice_half_bits_from_float(values[i]);
        memcpy((char *)to + 2 * i, &half, sizeof half);
    }
}
