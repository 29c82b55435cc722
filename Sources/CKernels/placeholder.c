#include "sluice_kernels.h"
float sluice_dot_f32(const float *restrict a, const float *restrict b, int64_t n) { float s = 0; for (int64_t i = 0; i < n; i++) s += a[i] * b[i]; return s; }
