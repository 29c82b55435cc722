// Included inside the target region, after lanes/superblock_format.h: one or two tokens times the formats
// with blocks of 256, in AVX2; instead of lanes/superblock_products.h, whose strips of 64 codes take two
// registers and shuffles between them.
//
// A span is a register of 32 codes as the block has them, and has one scale, or its halves have one each. Its
// products with the input, pairs of them added in 16 bits, are multiplied with the scales as words and pairs
// added again, so that a row keeps one register of sums and folds it once per block. On paper a span of Q4_K
// takes 6.5 instructions: one and a half for the codes and half a load, the products (the input from memory),
// the scales' shuffle, their products, the sum. With two multiplications and four instructions per cycle that
// is 11 cycles per block of a row, measured 14; the lines that weights cross and what a block takes beside
// its spans make it 20, or 22 GB/s from the second cache of a Zen 3 at 3.2 GHz.
//
// Bounds: pairs are at most 2 * 63 * 127 in magnitude, or 2 * 127 * 127 of wide codes; each of the eight sums
// has two of them per span, by scales of at most 128: 8 * 2 * 2 * 127 * 127 * 128 < 2^27.

// In front of a loop that must stay one: unrolled, its iterations are mixed and their registers spilled.
#define ONE_BY_ONE _Pragma("clang loop unroll(disable)")

// Hides from the compiler where a pointer points: knowing a shuffle's index, it made two shuffles of one.
#define OPAQUE(pointer) __asm__("" : "+r"(pointer))

enum {
    // Blocks of each of four rows that a pass goes through.
    RUN_BLOCKS = 4,
    // What is asked for ahead of the products; the passes before them are 4 * 4 * 210 bytes ahead at most. Of
    // 4 to 32 KiB the best on a Zen 3, whose prefetches end at about 16 GB/s whatever they ask for.
    SPANS_PREFETCH_BYTES = 6 << 10,
};

// The input's side of a block, in the order of its spans.
struct superblock_input {
    half_strip codes[SPANS];
    // For formats with an offset: of the sums of each span's first half, then of the second halves, -offset /
    // 2 times as much; at most 16 * 16 * 127 fit 16 bits, which the whole offset of Q6_K would not.
    words starts;
    // By group, sixteen or eight of them.
    int16_t sums[PIECES];
    float scale;
};

// The piece of sixteen columns that half `half` of a span has.
SLUICE_INLINE int piece_of_span(const struct superblock_format *f, int span, int half) {
    return f->order == PIECES_IN_TURN ? span / 2 * 4 + 2 * half + span % 2 : 2 * span + half;
}

SLUICE_INLINE void arrange_superblocks(
    const struct sluice_product *p, int64_t token, int64_t first, int64_t count, char *memory,
    const struct superblock_format *f) {
    const struct sluice_quantized_row x = sluice_quantized_row(&p->quantized, token);
    struct superblock_input *to = (void *)memory;
    const int pieces = strips_per_group(f);
    for (int64_t b = first; b < first + count; b++, to++) {
        const int16_t *sums = x.sums + PIECES * b;
        UNROLLED for (int i = 0; i < SPANS; i++) {
            const int8_t *from = x.codes + SUPERBLOCK * b;
            to->codes[i].lo = load_codes(from + PIECE * piece_of_span(f, i, 0));
            to->codes[i].hi = load_codes(from + PIECE * piece_of_span(f, i, 1));
        }
        UNROLLED for (int i = 0; superblock_offset(f) && i < PIECES; i++) {
            to->starts[i] = sums[2 * (i % SPANS) + i / SPANS] * (int16_t)(-superblock_offset(f) / 2);
        }
        UNROLLED for (int g = 0; f->has_mins && g < PIECES / pieces; g++) {
            to->sums[g] = pieces == 1 ? sums[g] : (int16_t)(sums[2 * g] + sums[2 * g + 1]);
        }
        to->scale = x.scales[b];
    }
}

// Sixteen bytes of every row: the scales of the spans' first halves, then of the second halves.
SLUICE_INLINE strip scales_by_halves(const struct groups *groups, const struct superblock_format *f) {
    uint8_t index[16];
    UNROLLED for (int i = 0; i < 16; i++) {
        index[i] = (uint8_t)(piece_of_span(f, i % SPANS, i / SPANS) / strips_per_group(f));
    }
    return shuffle_quarters(groups->bytes, index);
}

// Index of a shuffle that gives word i of both halves to all of each.
#define EIGHT_PAIRS(i) i, i + 1, i, i + 1, i, i + 1, i, i + 1, i, i + 1, i, i + 1, i, i + 1, i, i + 1
#define WORD_OF_HALVES(i) {EIGHT_PAIRS(2 * i), EIGHT_PAIRS(2 * i)}
static const uint8_t word_of_halves[SPANS][32] __attribute__((aligned(32))) = {
    WORD_OF_HALVES(0), WORD_OF_HALVES(1), WORD_OF_HALVES(2), WORD_OF_HALVES(3),
    WORD_OF_HALVES(4), WORD_OF_HALVES(5), WORD_OF_HALVES(6), WORD_OF_HALVES(7)};

// Elements 0 and 2, 1 and 3 of each half added, `a` and `b` in turn.
SLUICE_INLINE __m256i add_interleaved(__m256i a, __m256i b) {
    return _mm256_add_epi32(_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
}

// The sums of four registers.
SLUICE_INLINE four_sums fold_four(const __m256i a[FEW_ROWS]) {
    const __m256i first = add_interleaved(a[0], a[1]), second = add_interleaved(a[2], a[3]);
    const eight_sums all = (eight_sums)_mm256_add_epi32(
        _mm256_unpacklo_epi64(first, second), _mm256_unpackhi_epi64(first, second));
    return all.lo + all.hi;
}

// The sums over the groups of scale times dot of a row's block, in eight parts, for each token.
SLUICE_INLINE void multiply_superblock(
    const char *block, codes scale_bytes, const struct superblock_input *const input[], __m256i *sums,
    const struct superblock_format *f, const int tokens) {
    const __m256i scales = _mm256_cvtepi8_epi16((__m128i)scale_bytes);
    const __m256i *words = (const void *)word_of_halves;
    OPAQUE(words);
    half_strip chunks[MOST_CHUNKS], codes[SPANS];
    UNROLLED for (int i = 0; i < f->chunks; i++) {
        chunks[i] = *(const unaligned_half_strip *)(const void *)(block + f->chunks_bytes + CHUNK * i);
    }
    f->spans(chunks, codes);
    UNROLLED for (int t = 0; t < tokens; t++) {
        if (superblock_offset(f)) {
            const __m256i half = _mm256_madd_epi16(scales, (__m256i)input[t]->starts);
            sums[t] = _mm256_add_epi32(half, half);
        } else {
            sums[t] = _mm256_setzero_si256();
        }
    }
    UNROLLED for (int i = 0; i < SPANS; i++) {
        const __m256i by = _mm256_shuffle_epi8(scales, words[i]);
        UNROLLED for (int t = 0; t < tokens; t++) {
            const __m256i pairs = value_products(codes[i], input[t]->codes[i], f->is_wide);
            sums[t] = _mm256_add_epi32(sums[t], _mm256_madd_epi16(pairs, by));
        }
    }
}

// Of a run of four rows' blocks: what their groups are multiplied with, and their products.
struct run {
    codes scales[RUN_BLOCKS][FEW_ROWS];
    signed_strip_words mins[RUN_BLOCKS][2];
    __m256i dots[2][RUN_BLOCKS][FEW_ROWS];
};

// The sums over the groups of min times input, of four rows.
SLUICE_INLINE four_sums min_sums(const signed_strip_words mins[2], const int16_t *sums, const int pieces) {
    __m256i low = _mm256_setzero_si256(), high = low;
    UNROLLED for (int i = 0; i < 2 / pieces; i++) {
        const codes half = load_codes(sums + PIECES / 2 * i);
        const __m256i both = _mm256_broadcastsi128_si256((__m128i)half);
        const lane_bits by = (lane_bits)mins[i];
        low = _mm256_add_epi32(low, _mm256_madd_epi16((__m256i)by.lo, both));
        high = _mm256_add_epi32(high, _mm256_madd_epi16((__m256i)by.hi, both));
    }
    // Rows 0 and 2 in one half, rows 1 and 3 in the other.
    const __m256i two = add_interleaved(low, high);
    const eight_sums all = (eight_sums)_mm256_add_epi32(two, _mm256_shuffle_epi32(two, 0x4e));
    return (four_sums)_mm_unpacklo_epi32((__m128i)all.lo, (__m128i)all.hi);
}

// Adds what a block's products amount to.
SLUICE_INLINE void finish_superblock(
    const char *const blocks[FEW_ROWS], const signed_strip_words *mins, const __m256i *dots,
    const struct superblock_input *input, four_floats *sum, const struct superblock_format *f) {
    const eight_floats d = load_four_scales(blocks, f) * (eight_floats)(input->scale);
    *sum = __builtin_elementwise_fma(__builtin_convertvector(fold_four(dots), four_floats), d.lo, *sum);
    if (f->has_mins) {
        const four_sums offsets = -min_sums(mins, input->sums, strips_per_group(f));
        *sum = __builtin_elementwise_fma(__builtin_convertvector(offsets, four_floats), d.hi, *sum);
    }
}

// Goes through a run three times: groups, products, sums. In one pass a block's shuffles, products and folds
// wait for each other longer than the processor looks ahead, and it idles half of its time.
SLUICE_INLINE void continue_run(
    const struct weight_rows *rows, int64_t b, int64_t count, const struct superblock_input *input,
    int64_t stride, few_sums *sums, const struct superblock_format *f, const int tokens) {
    struct run run;
    const char *blocks[FEW_ROWS];
    ONE_BY_ONE for (int64_t i = 0; i < count; i++) {
        UNROLLED for (int r = 0; r < FEW_ROWS; r++) blocks[r] = rows->row[r] + f->bytes * (b + i);
        const struct groups groups = f->groups(blocks);
        const strip scales = scales_by_halves(&groups, f);
        memcpy(run.scales[i], &scales, sizeof scales);
        if (f->has_mins) memcpy(run.mins[i], groups.mins, sizeof groups.mins);
    }
    // As prefetch_rows does, a part with every block of a row.
    const char *ahead = rows->row[0] + FEW_ROWS * f->bytes * b + SPANS_PREFETCH_BYTES;
    ahead = __builtin_unpredictable(ahead < rows->end) ? ahead : rows->row[0];
    ONE_BY_ONE for (int r = 0; r < FEW_ROWS; r++) {
        const char *block = rows->row[r] + f->bytes * b;
        ONE_BY_ONE for (int64_t i = 0; i < count; i++, block += f->bytes, ahead += f->bytes) {
            const struct superblock_input *inputs[2];
            __m256i dots[2];
            UNROLLED for (int k = 0; k < f->bytes; k += 64) __builtin_prefetch(ahead + k, 0, 2);
            UNROLLED for (int t = 0; t < tokens; t++) inputs[t] = input + t * stride + i;
            multiply_superblock(block, run.scales[i][r], inputs, dots, f, tokens);
            UNROLLED for (int t = 0; t < tokens; t++) run.dots[t][i][r] = dots[t];
        }
    }
    ONE_BY_ONE for (int64_t i = 0; i < count; i++) {
        UNROLLED for (int r = 0; r < FEW_ROWS; r++) blocks[r] = rows->row[r] + f->bytes * (b + i);
        UNROLLED for (int t = 0; t < tokens; t++) {
            four_floats *sum = &sums[t][(b + i) & (LANES - 1)];
            finish_superblock(blocks, run.mins[i], run.dots[t][i], input + t * stride + i, sum, f);
        }
    }
}

SLUICE_INLINE void continue_few_superblocks(
    const struct sluice_product *p, const struct weight_rows *rows, int64_t first, int64_t count,
    const char *memory, few_sums *sums, const struct superblock_format *f, const int tokens) {
    (void)p;
    const struct superblock_input *input = (const void *)memory;
    for (int64_t i = 0; i < count; i += RUN_BLOCKS) {
        const int64_t blocks = smallest(count - i, RUN_BLOCKS);
        continue_run(rows, first + i, blocks, input + i, count, sums, f, tokens);
    }
}
