// CRC-32C by the instruction of ARMv8.1, which every processor with the dot product of ARMv8.2 has.

SLUICE_INLINE uint32_t crc32c_word(uint32_t crc, uint64_t word) { return __crc32cd(crc, word); }

SLUICE_INLINE uint32_t crc32c_byte(uint32_t crc, uint8_t byte) { return __crc32cb(crc, byte); }
