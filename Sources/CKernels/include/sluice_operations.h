// The float operations of a forward step: one table of function pointers per instruction set.
//
// Every operation has the signature `sluice_kernel`: it reads one argument structure and works on the units
// first ..< first + count, which a thread pool may cut in any way. What a unit is stands beside each
// structure. Contract: no unit's result depends on `first`, `count` or the thread; all instruction sets give
// equal bits (sums run in 16 lanes by fused multiply-add and are folded as a tree, 8, 4, 2, 1).
// Allocates: none.
#ifndef SLUICE_OPERATIONS_H
#define SLUICE_OPERATIONS_H

#include "sluice_formats.h"

#pragma clang assume_nonnull begin

enum {
    // Floats of scratch that a kernel may use, but for attention and the inner half of an expert, which may
    // use all that a thread has; aligned to 64 bytes.
    SLUICE_SCRATCH_ELEMENTS = 16 * 512 + 16 * 64 * 16,
    // Columns of one unit of the transposed product: a whole number of every format's blocks.
    SLUICE_TRANSPOSED_COLUMNS = 256,
    // Positions of a block of cached rows, whose attention is a result of its own until it is merged.
    SLUICE_ATTENTION_BLOCK = 512,
    // Query rows that share a block's reads, and how many floats of it are expanded at once.
    SLUICE_ATTENTION_ROWS_AT_ONCE = 16,
    SLUICE_ATTENTION_EXPANDED = 8 * 1024,
    // Most query rows of one unit of attention.
    SLUICE_ATTENTION_ROWS = 64,
    // Channels of one unit of the convolution.
    SLUICE_CONVOLUTION_CHANNELS = 16,
    // Longest convolution kernel.
    SLUICE_CONVOLUTION_TAPS = 16,
    // Sums of a gate, and as many of an up projection, that one unit of an expert holds behind the scratch
    // of its products: 64 KiB each stay in the second cache.
    SLUICE_INNER_ELEMENTS = 16 * 1024,
    // Floats of scratch of each thread.
    SLUICE_THREAD_ELEMENTS = SLUICE_SCRATCH_ELEMENTS + 2 * SLUICE_INNER_ELEMENTS,
};

// Row-major [rows, columns]; `stride` elements between the starts of two rows.
struct sluice_matrix {
    float *base;
    int64_t rows, columns, stride;
};

// Row-major [rows, columns] in 8 bits, as blocks/quantized.h describes; written by `quantize`. The columns
// are whole blocks of `block_elements`, 32 or 256; base and stride are multiples of 64 bytes. With blocks of
// one element the rows are in BF16 and need no alignment.
struct sluice_quantized {
    void *base;
    int64_t rows, columns, stride_bytes, block_elements;
};

// Bytes of a quantized row, a multiple of 64; of a row in BF16 a multiple of 4, so never more than in
// Float32.
static inline int64_t sluice_quantized_row_bytes(int64_t columns, int64_t block_elements) {
    if (block_elements == 1) return (columns + 1) / 2 * 4;
    const int64_t bytes = columns + columns / 16 * 2 + columns / block_elements * 4;
    return (bytes + 63) / 64 * 64;
}

// Unit: a row. The input's columns become columns first_column ... of the output's; both are whole blocks.
struct sluice_quantization {
    struct sluice_matrix input;
    struct sluice_quantized output;
    int64_t first_column;
};

// target row i = source row rows[i], byte by byte. Unit: a row of the target.
struct sluice_gather {
    const void *source;
    void *target;
    int64_t source_stride_bytes, target_stride_bytes, row_bytes;
    const int32_t *rows;
};

// output[t, r] = dot(weights[r], input[t]) + bias[r]. Unit: `rows_per_unit` rows for `tokens_per_unit`
// tokens; units count through the rows first. rows_per_unit is a multiple of 16.
//
// The float product reads `input`, an integer product reads `quantized` instead. Contract of the latter: of
// every block two whole numbers, exact in 32 bits, main = sum of scale * code * input code over the groups of
// the block and offset = sum of min * input codes; then
//   lane[b % 16] = fma(main, d * dx, lane[b % 16]), with mins also fma(offset, m * dx, lane[b % 16])
// for the blocks b in ascending order, each product d * dx and m * dx rounded on its own; the sixteen lanes
// are folded as above. In Q4_1 and Q5_1 the min is 1, in the K formats it counts negative.
//
// BF16 weights read `quantized`, their input in BF16. Of the 32 columns from 32s, s ascending, lane i takes
// first the product of the columns 32s + 2i + 1, then that of 32s + 2i, each by fused multiply-add. That is
// what AVX512_BF16 does, but for magnitudes below 2^-126, which it takes and gives as zero: only where a
// weight or a sum on the way is as small may sets differ.
struct sluice_product {
    const struct sluice_format *format;
    struct sluice_quantized quantized;
    const void *weights;
    int64_t row_stride_bytes, rows, columns;
    struct sluice_matrix input, output;
    const float *_Nullable bias;
    int64_t rows_per_unit, tokens_per_unit;
};

// inner[t, i] = activation(gate's product [t, i], up's product [t, i]): the first half of an expert, with the
// bits of the products and the activation one after the other. Unit: as both products', which agree in shape
// and cut; a unit has at most SLUICE_INNER_ELEMENTS outputs. The outputs of the products are not used.
//
// Where `quantizes`, the result is written to `quantized` and not to `inner`; rows_per_unit and rows are then
// whole blocks of it.
struct sluice_expert_inner {
    sluice_kernel gate_product, up_product;
    struct sluice_product gate, up;
    // The clamped activation with `alpha` and `limit`, else swiglu.
    bool clamps;
    float alpha, limit;
    bool quantizes;
    struct sluice_matrix inner;
    struct sluice_quantized quantized;
};

// output[t] += weights[t, r] * rows[row_of[t * ranks + r]] for the ranks r in ascending order, each product
// and each sum rounded on its own; ranks is the columns of weights. Unit: a row of output.
struct sluice_ranked_sum {
    struct sluice_matrix rows, weights, output;
    const int32_t *row_of;
};

// output[t, c] = sum over r of input[t, r] * weights[r, c], rows ascending, + bias[c] first. Unit: 256
// columns.
struct sluice_transposed_product {
    const struct sluice_format *format;
    sluice_decode decode;
    const void *weights;
    int64_t row_stride_bytes, rows, columns;
    struct sluice_matrix input, output;
    const float *_Nullable bias;
};

// Which row of a cache holds `position` of `head`: blocks of positions, of each block the heads in turn, of
// each head its positions, so that what is read together lies together. The last block ends at `capacity`.
static inline int64_t sluice_cached_row(int64_t heads, int64_t capacity, int64_t head, int64_t position) {
    const int64_t first = position / SLUICE_ATTENTION_BLOCK * SLUICE_ATTENTION_BLOCK;
    const int64_t left = capacity - first;
    const int64_t positions = left < SLUICE_ATTENTION_BLOCK ? left : SLUICE_ATTENTION_BLOCK;
    return first * heads + head * positions + position - first;
}

// Softmax attention of one sequence's tokens over its cached rows. Keys and values are halves where
// `half_rows`, else Float32. Positions from max(0, p - window + 1) to p = first_position + token are seen;
// window 0 means all. A sink is one more logit in the denominator.
//
// Query row r of a key head is head r % group of token r / group, group the heads that share the key head.
// Order: in each block of positions the scores, their maximum, the weights against it, their total and the
// weighted values, positions ascending; the blocks are merged in ascending order.
//
// `attention` works on units of (key head, rows_per_unit query rows), the rows counting fastest. Where
// `partials` is given a unit is that in one of the blocks first_block ..< first_block + block_count, blocks
// counting slowest; the results stay there, and `merge_attention` merges them. Its unit: (token, head), the
// head counting fastest. Both ways give the same bits.
struct sluice_attention {
    struct sluice_matrix query; // [tokens, heads * key_width]
    const void *keys, *values;  // rows of one key head each, as sluice_cached_row says
    int64_t key_row_bytes, value_row_bytes;
    bool half_rows;
    int64_t heads, kv_heads, key_width, value_width;
    int64_t capacity, first_position, window;
    float scale;
    const float *_Nullable sinks; // [heads]
    struct sluice_matrix output;  // [tokens, heads * value_width]
    int64_t rows_per_unit;
    int64_t first_block, block_count;
    float *_Nullable partials; // [block_count, tokens, heads, sluice_attention_partial_elements]
};

static inline int64_t sluice_whole_lanes(int64_t count) { return (count + 15) / 16 * 16; }

// Floats of a query row's result in one block: maximum and total in the first sixteen, then its sums.
static inline int64_t sluice_attention_partial_elements(int64_t value_width) {
    return 16 + sluice_whole_lanes(value_width);
}

// Most query rows of a unit that scratch suffices for: one, or a multiple of 16.
static inline int64_t sluice_attention_most_rows(int64_t key_width, int64_t value_width) {
    const int64_t key = sluice_whole_lanes(key_width), value = sluice_whole_lanes(value_width);
    const int64_t at_once = SLUICE_ATTENTION_ROWS_AT_ONCE;
    // The widest group of keys has eight of them.
    if (8 * key > SLUICE_ATTENTION_EXPANDED || value > SLUICE_ATTENTION_EXPANDED) return 1;
    const int64_t left = SLUICE_THREAD_ELEMENTS - SLUICE_ATTENTION_EXPANDED
        - at_once * (SLUICE_ATTENTION_BLOCK + 16 + value);
    const int64_t rows = left / key / at_once * at_once;
    return rows < 1 ? 1 : rows < SLUICE_ATTENTION_ROWS ? rows : SLUICE_ATTENTION_ROWS;
}

// The row of position first_position + t of every head = input[t], as halves (to nearest, ties to even) or
// Float32. Unit: a row of input.
struct sluice_row_store {
    struct sluice_matrix input; // [tokens, heads * width]
    void *rows;
    int64_t heads, row_bytes, capacity;
    bool half_rows;
    int64_t first_position;
};

// Norms. Unit: a row. `bias` only in the layer norm. Input and output may be the same.
struct sluice_norm {
    struct sluice_matrix input, output;
    const float *weight;
    const float *_Nullable bias;
    float epsilon;
};

// Element by element over rows. Unit: a row. `second` is unused by operations of one input; output may be
// either input.
//   add_scaled: output += alpha * first
//   scale: output *= alpha
//   multiply: output = first * second
//   silu, sigmoid: of first
//   swiglu: silu(first) * second
//   clamped_swiglu: (u + 1) * g * sigmoid(alpha * g), g = min(first, limit), u = clamp(second, +-limit);
//     where `interleaved`, first holds gate and up in turn, [rows, 2 * columns], and second is unused
//   softmax: of each row of first
struct sluice_elementwise {
    struct sluice_matrix first, second, output;
    float alpha, limit;
    bool interleaved;
};

// Rotates elements offset ..< offset + table.columns of every head in place. Unit: a row. Table: [positions,
// size], cosines of the size / 2 frequencies and then their sines.
struct sluice_rotation {
    struct sluice_matrix target; // [tokens, heads * head_size]
    struct sluice_matrix table;
    int64_t head_size, offset;
    const int32_t *positions; // of each row
    bool interleaved;         // pairs (2i, 2i + 1), else (i, i + size / 2)
};

// Gated delta rule, token after token. Unit: a value head; its key head is head / (value_heads / key_heads).
//   S *= exp(decay); S += key (beta * (value - key^T S))^T; output = query^T S
struct sluice_delta_rule {
    struct sluice_matrix query, key;   // [tokens, key_heads * key_width]
    struct sluice_matrix value;        // [tokens, value_heads * value_width]
    struct sluice_matrix decay, beta;  // [tokens, value_heads]
    struct sluice_matrix state;        // [value_heads * key_width, value_width]
    struct sluice_matrix output;       // [tokens, value_heads * value_width]
    int64_t key_heads, value_heads, key_width, value_width;
};

// Causal convolution of every channel with its own taps, then silu. Unit: 16 channels. `history` holds the
// last taps - 1 inputs, oldest first, and is brought up to date. Output may be the input.
struct sluice_convolution {
    struct sluice_matrix input, output; // [tokens, channels]
    struct sluice_matrix weight;        // [channels, taps], oldest first
    struct sluice_matrix history;       // [taps - 1, channels]
};

struct sluice_operations {
    sluice_kernel product, transposed_product, quantize;
    sluice_kernel gather, expert_inner, ranked_sum;
    sluice_kernel attention, merge_attention, store_rows;
    sluice_kernel rms_norm, layer_norm;
    sluice_kernel add_scaled, scale, multiply, silu, sigmoid, swiglu, clamped_swiglu;
    sluice_kernel softmax;
    sluice_kernel rotate;
    sluice_kernel delta_rule, convolution;
    // Which of `count` values is the largest; a NaN never is.
    int64_t (*argmax)(const float *values, int64_t count);
    // CRC-32C of bytes whose checksum so far is `crc` (0 before the first) and of `count` bytes behind them.
    uint32_t (*crc32c)(uint32_t crc, const void *bytes, int64_t count);
};

// The table of `set`; the scalar one where this machine does not support `set`.
const struct sluice_operations *sluice_operations(enum sluice_instruction_set set);

// Tells the processor that this thread is waiting in a loop.
static inline void sluice_spin_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __builtin_arm_isb(15);
#endif
}

#pragma clang assume_nonnull end
#endif
