// Included inside a target region after it defined its half loads and register block: all operations, and
// their table.
#pragma clang diagnostic push
// Lanes never cross the boundary of a translation unit, so how they would be passed does not matter.
#pragma clang diagnostic ignored "-Wpsabi"
#include "basics.h"
#include "products.h"
#include "transposed.h"
#include "quantize.h"
#include "attention.h"
#include "rows.h"
#include "experts.h"
#include "recurrent.h"
#include "checksums.h"
#pragma clang diagnostic pop

#define SLUICE_OPERATIONS_TABLE \
    { \
        .product = product, .transposed_product = transposed_product, .quantize = quantize, \
        .gather = gather, .expert_inner = expert_inner, .ranked_sum = ranked_sum, \
        .attention = attention, .merge_attention = merge_attention, \
        .store_rows = store_rows, .rms_norm = rms_norm, .layer_norm = layer_norm, \
        .add_scaled = add_scaled, .scale = scale, .multiply = multiply, .silu = silu, \
        .sigmoid = sigmoid, .swiglu = swiglu, .clamped_swiglu = clamped_swiglu, .softmax = softmax, \
        .rotate = rotate, .delta_rule = delta_rule, .convolution = convolution, .argmax = argmax, \
        .crc32c = crc32c, \
    }
