// The values and 12.
static const uint8_t shifted_mxfp4_values[16] = {
    12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0};

// Sixteen bytes behind the exponents of four blocks.
SLUICE_INLINE __m512i load_mxfp4(const char *blocks) {
    const int bytes = sizeof(struct sluice_block_mxfp4), behind = 4 * bytes - 64;
    strip index;
    UNROLLED for (int i = 0; i < 64; i++) {
        const int from = bytes * (i / 16) + 1 + i % 16;
        index[i] = (uint8_t)(from < 64 ? from : from - behind + 64);
    }
    return _mm512_permutex2var_epi8(
        _mm512_loadu_si512(blocks), (__m512i)index, _mm512_loadu_si512(blocks + behind));
}

SLUICE_INLINE void strips_mxfp4(const char *from, strip codes[2]) {
    const __m128i values = _mm_loadu_si128((const __m128i *)(const void *)shifted_mxfp4_values);
    // Repeated four times: the upper two of an index's six bits do not matter.
    const __m512i table = _mm512_broadcast_i32x4(values), low = load_mxfp4(from);
    codes[0] = (strip)_mm512_permutexvar_epi8(low, table);
    codes[1] = (strip)_mm512_permutexvar_epi8(_mm512_srli_epi16(low, 4), table);
}

// The exponents of four blocks of four rows less 128: what stands for half of their power.
SLUICE_INLINE lanes powers_mxfp4(const char *const blocks[FEW_ROWS]) {
    __m512i halves[2];
    UNROLLED for (int r = 0; r < FEW_ROWS; r += 2) {
        strip index = (strip)(0);
        UNROLLED for (int i = 0; i < QUAD; i++) {
            const int from = (int)sizeof(struct sluice_block_mxfp4) * i;
            index[16 * i + 4 * r] = (uint8_t)from;
            index[16 * i + 4 * r + 4] = (uint8_t)(from + 64);
        }
        const __mmask64 mask = 0x0011001100110011u << 4 * r;
        const __m512i first = _mm512_loadu_si512(blocks[r]), second = _mm512_loadu_si512(blocks[r + 1]);
        halves[r / 2] = _mm512_maskz_permutex2var_epi8(mask, first, (__m512i)index, second);
    }
    return __builtin_convertvector((lane_bits)_mm512_or_si512(halves[0], halves[1]) - 128, lanes);
}

// Rounds once, as the product with the power does.
SLUICE_INLINE lanes scaled_mxfp4(lanes input, lanes powers) { return _mm512_scalef_ps(input, powers); }

static const struct block_format format_mxfp4 = {
    .strips = strips_mxfp4, .bytes = sizeof(struct sluice_block_mxfp4), .offset = 12, .is_small = true,
    .has_exponents = true, .scales = powers_mxfp4, .scaled = scaled_mxfp4};

SLUICE_BLOCK_PRODUCT(mxfp4)
