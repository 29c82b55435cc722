#if defined(__x86_64__)
#include <immintrin.h>

#include "../blocks/integer_products.h"
#include "../lanes/lanes.h"

#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define SLUICE_SET avx2
#include "primitives.h"
#include "../lanes/basics.h"
#include "../lanes/codes.h"
#include "../lanes/strips.h"
#include "../lanes/block_words.h"
#include "dots.h"
#include "../lanes/weight_rows.h"
#include "../lanes/block_products.h"
#include "panels.h"
#include "block_panels.h"
#include "../lanes/superblock_format.h"
#include "superblock_products.h"
#include "superblock_panels.h"
#include "../lanes/integer_kernels.h"
#include "../lanes/product_formats.h"
#include "../lanes/strips/mxfp4.h"

#pragma clang attribute pop
#endif
