// Included inside a target region: CRC-32C by words of 64 bits, three runs at a time.

// Bytes of a run: long enough that folding three runs into one register is little beside reading them.
enum { CHECKSUM_RUN = 4096 };

// The product of two polynomials modulo CRC-32C's; the highest bit is the coefficient of x^0.
SLUICE_INLINE uint32_t crc32c_times(uint32_t a, uint32_t b) {
    uint32_t product = 0;
    for (int bit = 31; bit >= 0; bit--) {
        product ^= b & -(a >> bit & 1);
        b = b >> 1 ^ (0x82F63B78 & -(b & 1));
    }
    return product;
}

// The next word does not wait for the one before it, but for the one three words before it: an instruction
// takes three cycles and a new one can start in every cycle.
static uint32_t crc32c(uint32_t crc, const void *bytes, int64_t count) {
    // x to the power of 8 * CHECKSUM_RUN: what a run of zero bytes does to the register.
    const uint32_t run = 0x35D73A62;
    const uint8_t *from = bytes;
    uint32_t first = ~crc;
    for (; count >= 3 * CHECKSUM_RUN; count -= 3 * CHECKSUM_RUN, from += 3 * CHECKSUM_RUN) {
        uint32_t second = 0, third = 0;
        for (int64_t i = 0; i < CHECKSUM_RUN; i += 8) {
            uint64_t words[3];
            for (int j = 0; j < 3; j++) memcpy(&words[j], from + j * CHECKSUM_RUN + i, sizeof words[j]);
            first = crc32c_word(first, words[0]);
            second = crc32c_word(second, words[1]);
            third = crc32c_word(third, words[2]);
        }
        first = crc32c_times(run, crc32c_times(run, first) ^ second) ^ third;
    }
    for (; count >= 8; count -= 8, from += 8) {
        uint64_t word;
        memcpy(&word, from, sizeof word);
        first = crc32c_word(first, word);
    }
    for (; count > 0; count--, from++) first = crc32c_byte(first, *from);
    return ~first;
}
