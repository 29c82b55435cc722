#ifndef SLUICE_KERNELS_H
#define SLUICE_KERNELS_H
#include <stdint.h>
float sluice_dot_f32(const float *restrict a, const float *restrict b, int64_t n);
#endif
