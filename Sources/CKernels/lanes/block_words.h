// Included by the dots.h of sets without an instruction that gathers.

// Of four rows the 16-bit word `at` bytes into each of four blocks of `bytes` bytes, rows of a block side by
// side; of odd addresses the word one byte before.
SLUICE_INLINE words block_words(const char *const rows[4], const int bytes, const int at) {
    words all;
    UNROLLED for (int i = 0; i < 16; i++) {
        memcpy((char *)&all + 2 * i, rows[i % 4] + (bytes * (i / 4) + at) / 2 * 2, 2);
    }
    return all;
}

// Sixteen bytes `at` bytes into each of four blocks of `bytes` bytes.
SLUICE_INLINE strip block_quarters(const char *blocks, const int bytes, const int at) {
    const char *from = blocks + at;
    return join_quarters(from, from + bytes, from + 2 * bytes, from + 3 * bytes);
}

// Adds 16 to the codes of four blocks of `bytes` bytes whose bits, a 32-bit word `at` bytes into each, are
// set.
SLUICE_INLINE void add_block_bits(const char *blocks, const int bytes, const int at, strip codes[2]) {
    const uint8_t *from = (const uint8_t *)blocks + at;
    add_fifth_bits(from, from + bytes, from + 2 * bytes, from + 3 * bytes, codes);
}
