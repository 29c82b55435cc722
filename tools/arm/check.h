// Compares the kernels of every instruction set that this machine runs with the scalar ones, bit for bit.
// What counts as one number does so here too: every NaN is equal to every other.
#ifndef SLUICE_CHECK_H
#define SLUICE_CHECK_H

#include <stddef.h>
#include <stdio.h>

#include "../../Sources/CKernels/include/sluice_operations.h"

// Memory that a kernel writes, and what it holds.
struct result {
    void *base;
    int64_t bytes;
    enum { FLOATS, HALVES, BYTES } kind;
};

enum { MOST_RESULTS = 3 };

// Inputs are the same on every processor: a compiler must not fuse their products with sums.
#pragma STDC FP_CONTRACT OFF

// A kernel with arguments. `choose` returns the kernel of a set after it put what else depends on the set
// into the arguments, and names the function that the set must have of its own.
struct trial {
    const char *kernel;
    char shape[160];
    sluice_kernel (*choose)(struct trial *trial, enum sluice_instruction_set set);
    void (*own)(void);
    // The member of the operations table, where `choose` is `choose_operation`.
    size_t member;
    void *arguments;
    int64_t units;
    struct result results[MOST_RESULTS];
};

// Runs every set's kernel, each in two pieces, from the same memory. Ends the program with the kernel's name
// on the first difference, or where a set has no kernel of its own.
void check(struct trial *trial);

// The kernel at `member` of the set's table.
sluice_kernel choose_operation(struct trial *trial, enum sluice_instruction_set set);

// A trial of one operation of the table.
#define OPERATION(name) \
    .kernel = #name, .choose = choose_operation, .member = offsetof(struct sluice_operations, name)

// How inputs are made.
enum mode { MODERATE, ZEROS, EQUAL, TIES, DENORMAL, LARGE, ONE_LARGE, INFINITE, NOT_A_NUMBER, MODES };
extern const char *const mode_names[MODES];

uint32_t random_bits(void);

// Zeroed memory aligned to 64 bytes; all of it is given back by `forget`.
void *memory(int64_t bytes);
void forget(void);

// A matrix with three elements of padding behind every row.
struct sluice_matrix matrix(int64_t rows, int64_t columns, enum mode mode);
struct result all_of(struct sluice_matrix matrix);

// Elements uniform between the bounds instead.
void fill_between(struct sluice_matrix matrix, float low, float high);

// `count` halves in the manner of `mode`.
void fill_halves(void *halves, int64_t count, enum mode mode);

// A weight format by its number in files, and where the halves of a block lie.
struct format {
    uint32_t type;
    const char *name;
    int halves, at[2];
};
enum { FORMATS = 16, FLOAT_FORMATS = 3 };
// The float formats first.
extern const struct format formats[FORMATS];

// What the codes and the scales of blocks are.
enum fill { RANDOM, ALL_CLEAR, ALL_SET, LARGEST_SCALES, SMALLEST_SCALES, WILD, FILLS };
extern const char *const fill_names[FILLS];

// `count` blocks at an odd address: files promise no alignment.
void *weights_of(const struct format *format, int64_t count, enum fill fill);

void check_decoders(void);
void check_products(void);
void check_rows(void);
void check_sequences(void);

#endif
