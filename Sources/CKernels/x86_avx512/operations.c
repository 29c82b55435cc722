#if defined(__x86_64__)
#include <immintrin.h>

#include "../lanes/lanes.h"

#pragma clang diagnostic ignored "-Wpsabi"
#define SLUICE_TARGET "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c"
#pragma clang attribute push(__attribute__((target(SLUICE_TARGET))), apply_to = function)

#include "primitives.h"

// 16 pairs of one register each, with eight loads for sixteen multiply-adds.
enum { PRODUCT_ROWS = 4, PRODUCT_TOKENS = 4 };

#include "../lanes/table.h"

#pragma clang attribute pop

extern const struct sluice_operations sluice_operations_avx512;
const struct sluice_operations sluice_operations_avx512 = SLUICE_OPERATIONS_TABLE;
#endif
