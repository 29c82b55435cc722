// usage: kernels SET...   compares the named sets with the scalar one; prints the digest of each kernel's
// scalar results, on which all processors must agree
#include "check.h"

#include <stdlib.h>
#include <string.h>

static const char *const set_names[SLUICE_INSTRUCTION_SETS] = {"scalar", "avx2", "avx512", "neon"};

static bool is_checked[SLUICE_INSTRUCTION_SETS] = {[SLUICE_SCALAR] = true};

enum { MOST_KERNELS = 128 };
static struct {
    char name[32];
    uint64_t digest, trials;
} kernels[MOST_KERNELS];

static void add_to_digest(const char *name, const uint32_t *words, int64_t count) {
    int i = 0;
    while (*kernels[i].name && strcmp(kernels[i].name, name)) i++;
    if (!*kernels[i].name) kernels[i].digest = 0xcbf29ce484222325u;
    snprintf(kernels[i].name, sizeof kernels[i].name, "%s", name);
    kernels[i].trials++;
    for (int64_t j = 0; j < count; j++) kernels[i].digest = (kernels[i].digest ^ words[j]) * 0x100000001b3u;
}

sluice_kernel choose_operation(struct trial *trial, enum sluice_instruction_set set) {
    const char *table = (const char *)sluice_operations(set);
    sluice_kernel kernel;
    memcpy(&kernel, table + trial->member, sizeof kernel);
    trial->own = (void (*)(void))kernel;
    return kernel;
}

// The elements of a result, one per word, all NaNs alike. Returns how many.
static int64_t words_of(const struct result *result, uint32_t *words) {
    if (result->kind == FLOATS) {
        const int64_t count = result->bytes / 4;
        memcpy(words, result->base, (size_t)count * 4);
        for (int64_t i = 0; i < count; i++) {
            if ((words[i] & 0x7fffffff) > 0x7f800000) words[i] = 0x7fc00000;
        }
        return count;
    }
    if (result->kind == HALVES) {
        const uint16_t *halves = result->base;
        for (int64_t i = 0; i < result->bytes / 2; i++) {
            words[i] = (halves[i] & 0x7fff) > 0x7c00 ? 0x7e00 : halves[i];
        }
        return result->bytes / 2;
    }
    const uint8_t *bytes = result->base;
    for (int64_t i = 0; i < result->bytes; i++) words[i] = bytes[i];
    return result->bytes;
}

static void fail(const struct trial *trial, int set, const char *what) {
    printf("%s on %s: %s (%s)\n", trial->kernel, set_names[set], what, trial->shape);
    exit(1);
}

static void compare(const struct trial *trial, int set, const struct result *result, uint32_t *expected) {
    uint32_t *words = malloc((size_t)result->bytes * 4);
    const int64_t count = words_of(result, words);
    if (set == SLUICE_SCALAR) {
        memcpy(expected, words, (size_t)count * 4);
        add_to_digest(trial->kernel, words, count);
    }
    for (int64_t i = 0; i < count; i++) {
        char what[80];
        if (words[i] == expected[i]) continue;
        snprintf(
            what, sizeof what, "element %lld is %08x instead of %08x", (long long)i, words[i], expected[i]);
        fail(trial, set, what);
    }
    free(words);
}

void check(struct trial *trial) {
    static float scratch[SLUICE_THREAD_ELEMENTS] __attribute__((aligned(64)));
    void *before[MOST_RESULTS];
    uint32_t *expected[MOST_RESULTS];
    int count = 0;
    for (; count < MOST_RESULTS && trial->results[count].base; count++) {
        const size_t bytes = (size_t)trial->results[count].bytes;
        before[count] = memcpy(malloc(bytes), trial->results[count].base, bytes);
        expected[count] = malloc(bytes * 4);
    }
    trial->choose(trial, SLUICE_SCALAR);
    void (*const scalar)(void) = trial->own;
    for (int set = 0; set < SLUICE_INSTRUCTION_SETS; set++) {
        if (!is_checked[set]) continue;
        const sluice_kernel kernel = trial->choose(trial, set);
        for (int i = 0; i < count; i++) {
            memcpy(trial->results[i].base, before[i], (size_t)trial->results[i].bytes);
        }
        kernel(trial->arguments, 0, trial->units / 2, scratch);
        kernel(trial->arguments, trial->units / 2, trial->units - trial->units / 2, scratch);
        for (int i = 0; i < count; i++) compare(trial, set, &trial->results[i], expected[i]);
        if (set != SLUICE_SCALAR && trial->own == scalar) fail(trial, set, "has no kernel of its own");
    }
    for (int i = 0; i < count; i++) free(before[i]), free(expected[i]);
}

int main(int count, char **names) {
    for (int i = 1; i < count; i++) {
        int set = 0;
        while (set < SLUICE_INSTRUCTION_SETS && strcmp(set_names[set], names[i])) set++;
        if (set == SLUICE_INSTRUCTION_SETS || !sluice_supports(set)) {
            printf("The set %s is not supported here\n", names[i]);
            return 1;
        }
        is_checked[set] = true;
    }
    check_decoders();
    check_products();
    check_rows();
    check_sequences();
    for (int i = 0; *kernels[i].name; i++) {
        printf("%-20s %016llx %llu trials\n", kernels[i].name, (unsigned long long)kernels[i].digest,
               (unsigned long long)kernels[i].trials);
    }
    return 0;
}
