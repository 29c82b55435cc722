// The definition of CRC-32C (Castagnoli): polynomial 0x1EDC6F41, bits of a byte from the lowest, the register
// inverted before and after. Eight bytes at a time: table k says what a byte does that k bytes follow.
//
// Source: RFC 3720, appendix B.4; slicing by 8 after Kounavis and Berry, doi 10.1109/ISCC.2005.18.

// A table is linear over the bits of its index, so eight entries give the others.
#define CHECKSUM_ENTRY(b, a0, a1, a2, a3, a4, a5, a6, a7) \
    ((b) & 1 ? a0 : 0u) ^ ((b) & 2 ? a1 : 0u) ^ ((b) & 4 ? a2 : 0u) ^ ((b) & 8 ? a3 : 0u) \
        ^ ((b) & 16 ? a4 : 0u) ^ ((b) & 32 ? a5 : 0u) ^ ((b) & 64 ? a6 : 0u) ^ ((b) & 128 ? a7 : 0u)
#define CHECKSUM_FOUR(b, ...) \
    CHECKSUM_ENTRY((b), __VA_ARGS__), CHECKSUM_ENTRY((b) + 1, __VA_ARGS__), \
        CHECKSUM_ENTRY((b) + 2, __VA_ARGS__), CHECKSUM_ENTRY((b) + 3, __VA_ARGS__)
#define CHECKSUM_SIXTEEN(b, ...) \
    CHECKSUM_FOUR((b), __VA_ARGS__), CHECKSUM_FOUR((b) + 4, __VA_ARGS__), \
        CHECKSUM_FOUR((b) + 8, __VA_ARGS__), CHECKSUM_FOUR((b) + 12, __VA_ARGS__)
#define CHECKSUM_SIXTY_FOUR(b, ...) \
    CHECKSUM_SIXTEEN((b), __VA_ARGS__), CHECKSUM_SIXTEEN((b) + 16, __VA_ARGS__), \
        CHECKSUM_SIXTEEN((b) + 32, __VA_ARGS__), CHECKSUM_SIXTEEN((b) + 48, __VA_ARGS__)
#define CHECKSUM_TABLE(...) \
    { \
        CHECKSUM_SIXTY_FOUR(0, __VA_ARGS__), CHECKSUM_SIXTY_FOUR(64, __VA_ARGS__), \
            CHECKSUM_SIXTY_FOUR(128, __VA_ARGS__), CHECKSUM_SIXTY_FOUR(192, __VA_ARGS__) \
    }

static const uint32_t checksum_tables[8][256] = {
    CHECKSUM_TABLE(0xF26B8303, 0xE13B70F7, 0xC79A971F, 0x8AD958CF, 0x105EC76F, 0x20BD8EDE, 0x417B1DBC,
        0x82F63B78),
    CHECKSUM_TABLE(0x13A29877, 0x274530EE, 0x4E8A61DC, 0x9D14C3B8, 0x3FC5F181, 0x7F8BE302, 0xFF17C604,
        0xFBC3FAF9),
    CHECKSUM_TABLE(0xA541927E, 0x4F6F520D, 0x9EDEA41A, 0x38513EC5, 0x70A27D8A, 0xE144FB14, 0xC76580D9,
        0x8B277743),
    CHECKSUM_TABLE(0xDD45AAB8, 0xBF672381, 0x7B2231F3, 0xF64463E6, 0xE964B13D, 0xD725148B, 0xABA65FE7,
        0x52A0C93F),
    CHECKSUM_TABLE(0x38116FAC, 0x7022DF58, 0xE045BEB0, 0xC5670B91, 0x8F2261D3, 0x1BA8B557, 0x37516AAE,
        0x6EA2D55C),
    CHECKSUM_TABLE(0xEF306B19, 0xDB8CA0C3, 0xB2F53777, 0x6006181F, 0xC00C303E, 0x85F4168D, 0x0E045BEB,
        0x1C08B7D6),
    CHECKSUM_TABLE(0x68032CC8, 0xD0065990, 0xA5E0C5D1, 0x4E2DFD53, 0x9C5BFAA6, 0x3D5B83BD, 0x7AB7077A,
        0xF56E0EF4),
    CHECKSUM_TABLE(0x493C7D27, 0x9278FA4E, 0x211D826D, 0x423B04DA, 0x847609B4, 0x0D006599, 0x1A00CB32,
        0x34019664),
};

SLUICE_INLINE uint32_t crc32c_byte(uint32_t crc, uint8_t byte) {
    return crc >> 8 ^ checksum_tables[0][(crc ^ byte) & 255];
}

SLUICE_INLINE uint32_t crc32c_word(uint32_t crc, uint64_t word) {
    word ^= crc;
    uint32_t sum = 0;
    for (int i = 0; i < 8; i++) sum ^= checksum_tables[7 - i][word >> 8 * i & 255];
    return sum;
}
