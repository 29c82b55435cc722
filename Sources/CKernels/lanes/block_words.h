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
