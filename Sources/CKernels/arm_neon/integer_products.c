#if defined(__aarch64__)
#include <arm_neon.h>

#include "../blocks/integer_products.h"
#include "../lanes/lanes.h"

#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

#define SLUICE_SET neon
#include "primitives.h"
#include "../lanes/basics.h"
#include "../lanes/codes.h"
#include "../lanes/strips.h"
#include "../lanes/block_words.h"
#include "dots.h"
#include "../lanes/integer_products.h"
#include "../lanes/product_formats.h"
#include "../lanes/strips/mxfp4.h"

#pragma clang attribute pop
#endif
