// Continues a prompt with llama.cpp's library: the file mapped, nothing repacked, always the likeliest
// token, on past tokens that end a text. tools/bench/streaming builds it; no program of llama.cpp does all
// this.
//
//     decode MODEL THREADS CONTEXT PROMPT COUNT SECONDS < ids
//
// The first PROMPT of the ids, apart by white space, are the prompt. As far as more follow, these are fed in
// place of the tokens it chose, which are told all the same. It ends after COUNT tokens, or after SECONDS of
// generating once there are 16, and prints one JSON object. The first token comes from the prompt's logits,
// so generating takes a step fewer than there are tokens.

#include "llama.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

// What the process has taken so far: seconds, bytes that had to come from the disk, faults that waited.
struct Taken {
    double seconds;
    long long bytes;
    long faults;
};

static Taken taken() {
    Taken found = {};
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    found.seconds = std::chrono::duration<double>(now).count();
    std::ifstream file("/proc/self/io");
    std::string name;
    for (long long value; file >> name >> value;) {
        if (name == "read_bytes:") found.bytes = value;
    }
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    found.faults = usage.ru_majflt;
    return found;
}

static void print(const char *phase, const Taken &from, const Taken &to) {
    printf("\"%s_seconds\": %.6f, \"%s_bytes\": %lld, \"%s_faults\": %ld, ", phase, to.seconds - from.seconds,
           phase, to.bytes - from.bytes, phase, to.faults - from.faults);
}

// Feeds tokens at the end of the sequence; the likeliest token after them, the first of equally likely ones.
static llama_token step(llama_context *context, llama_token *tokens, int count, int vocabulary) {
    if (llama_decode(context, llama_batch_get_one(tokens, count)) != 0) {
        fprintf(stderr, "llama_decode failed\n");
        exit(1);
    }
    const float *logits = llama_get_logits_ith(context, -1);
    return llama_token(std::max_element(logits, logits + vocabulary) - logits);
}

int main(int count, char **arguments) {
    if (count != 7) return fprintf(stderr, "decode MODEL THREADS CONTEXT PROMPT COUNT SECONDS < ids\n"), 2;
    const size_t fed = atoi(arguments[4]), wanted = atoi(arguments[5]);
    const double longest = atof(arguments[6]);
    std::vector<llama_token> ids, found;
    for (llama_token token; std::cin >> token;) ids.push_back(token);
    if (fed < 1 || fed > ids.size() || wanted < 1) {
        return fprintf(stderr, "no token to feed, fewer than told, or none to generate\n"), 2;
    }

    llama_log_set([](ggml_log_level level, const char *text, void *) {
        if (level == GGML_LOG_LEVEL_ERROR) fputs(text, stderr);
    }, nullptr);
    const Taken start = taken();
    auto loading = llama_model_default_params();
    loading.load_mode = LLAMA_LOAD_MODE_MMAP;
    loading.use_extra_bufts = false;
    llama_model *model = llama_model_load_from_file(arguments[1], loading);
    if (!model) return 1;
    auto settings = llama_context_default_params();
    settings.n_ctx = atoi(arguments[3]);
    settings.n_batch = settings.n_ubatch = 512;
    settings.n_threads = settings.n_threads_batch = atoi(arguments[2]);
    llama_context *context = llama_init_from_model(model, settings);
    if (!context) return 1;
    const int vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model));

    const Taken loaded = taken();
    llama_token next = 0;
    for (size_t first = 0; first < fed; first += settings.n_batch) {
        const size_t rows = std::min<size_t>(settings.n_batch, fed - first);
        next = step(context, ids.data() + first, int(rows), vocabulary);
    }
    const Taken prefilled = taken();
    found.push_back(next);
    while (found.size() < wanted && (found.size() < 16 || taken().seconds - prefilled.seconds < longest)) {
        const size_t place = fed + found.size() - 1;
        if (place < ids.size()) next = ids[place];
        next = step(context, &next, 1, vocabulary);
        found.push_back(next);
    }
    const Taken end = taken();

    printf("{");
    print("load", start, loaded);
    print("prefill", loaded, prefilled);
    print("decode", prefilled, end);
    printf("\"tokens\": [");
    for (size_t index = 0; index < found.size(); index++) printf("%s%d", index ? ", " : "", found[index]);
    printf("]}\n");
    llama_free(context);
    llama_model_free(model);
}
