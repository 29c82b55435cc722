#if defined(__x86_64__)
#include <immintrin.h>

#include "../blocks/integer_products.h"
#include "../lanes/lanes.h"

#pragma clang diagnostic ignored "-Wpsabi"
#define SLUICE_TARGET "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c"
#pragma clang attribute push(__attribute__((target(SLUICE_TARGET))), apply_to = function)

#define SLUICE_SET avx512
#include "primitives.h"
#include "../lanes/basics.h"
#include "../lanes/codes.h"
#include "../lanes/strips.h"
#include "dots.h"
#include "../lanes/integer_products.h"
#include "../lanes/product_formats.h"

#pragma clang attribute pop
#endif
