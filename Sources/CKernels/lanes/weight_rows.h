// Included by integer_products.h: the rows of weights that a pass goes through, and what is asked for ahead.

enum {
    GROUP_ROWS = 16,    // rows of a panel
    GROUP_TOKENS = 64,  // tokens that share a packed panel
    FEW_ROWS = 4,       // rows that one pass over a token's codes multiplies
    // Of 6 to 40 KiB on a Zen 4 the best with one thread and near it with two.
    PREFETCH_BYTES = 12 << 10,
    PANEL_COLUMNS = 1024,
    MANY_TOKENS = 4,    // from here on the panels win
    // Float sums of a panel: 16 lanes of 16 rows for 64 tokens.
    PANEL_SUMS = LANES * GROUP_ROWS * GROUP_TOKENS,
};

// The sums of PANEL_TOKENS tokens and sixteen rows, by lane.
typedef lanes panel_sums[LANES][PANEL_TOKENS];

// The sums of FEW_ROWS rows and one token, by lane: four lanes are a vector.
typedef four_floats few_sums[LANES] __attribute__((aligned(64)));

// Rows of a matrix, the last one again where there are fewer.
struct weight_rows {
    const char *row[GROUP_ROWS];
    // Where the rows end that a thread goes through in one run; only for FEW_ROWS.
    const char *end;
};

SLUICE_INLINE struct weight_rows weight_rows(const struct sluice_product *p, int64_t row, const int count) {
    struct weight_rows rows;
    const char *weights = p->weights;
    UNROLLED for (int i = 0; i < count; i++) {
        rows.row[i] = weights + smallest(row + i, p->rows - 1) * p->row_stride_bytes;
    }
    return rows;
}

// Asks for what comes PREFETCH_BYTES behind the piece of `bytes` bytes that starts `offset` bytes into each
// of the first rows. Rows lie behind each other, so the four of a pass are one run of memory and the wishes
// go through it in order, each line once: one wish per row and step left gaps and cost a third of the
// bandwidth. They go to the second cache, which takes more of them at a time than the first: asked for there,
// weights came at half the speed. What lies behind the last row is for another thread, whose wishes would be
// in vain: instead the first row's start, a select because a branch in the loop cost more than the wishes.
SLUICE_INLINE void prefetch_rows(const struct weight_rows *rows, int64_t offset, const int bytes) {
    const char *ahead = rows->row[0] + FEW_ROWS * offset + PREFETCH_BYTES;
    const char *from = __builtin_unpredictable(ahead < rows->end) ? ahead : rows->row[0];
    UNROLLED for (int i = 0; i < FEW_ROWS * bytes; i += 64) __builtin_prefetch(from + i, 0, 2);
}

// Asks for the start of a run of rows, which no row before asks for.
static void prefetch_start(const char *from, const char *end) {
    for (int64_t i = 0; i < smallest(end - from, PREFETCH_BYTES); i += 64) __builtin_prefetch(from + i, 0, 2);
}

// The halves `bytes` behind each of the sixteen addresses.
SLUICE_INLINE lanes load_halves_of(const char *const rows[GROUP_ROWS], int64_t bytes) {
    uint16_t halves[GROUP_ROWS];
    UNROLLED for (int i = 0; i < GROUP_ROWS; i++) memcpy(&halves[i], rows[i] + bytes, sizeof halves[i]);
    return load_half_lanes(halves);
}

// Folds lanes as `fold` does, several sums at a time.
#define FOLDED(type, sums) \
    ({ \
        type halves_[8], quarters_[4]; \
        UNROLLED for (int i_ = 0; i_ < 8; i_++) halves_[i_] = (sums)[i_] + (sums)[i_ + 8]; \
        UNROLLED for (int i_ = 0; i_ < 4; i_++) quarters_[i_] = halves_[i_] + halves_[i_ + 4]; \
        (quarters_[0] + quarters_[2]) + (quarters_[1] + quarters_[3]); \
    })
