#if defined(__aarch64__)
#include <arm_neon.h>

#include "../lanes/lanes.h"

SLUICE_INLINE lanes load_half_lanes(const uint16_t *from) {
    lanes values;
    for (int i = 0; i < LANES; i += 4) {
        const float32x4_t four = vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(from + i)));
        memcpy((char *)&values + i * (int)sizeof(float), &four, sizeof four);
    }
    return values;
}

SLUICE_INLINE void store_half_lanes(uint16_t *to, lanes values) {
    for (int i = 0; i < LANES; i += 4) {
        float32x4_t four;
        memcpy(&four, (const char *)&values + i * (int)sizeof(float), sizeof four);
        vst1_u16(to + i, vreinterpret_u16_f16(vcvt_f16_f32(four)));
    }
}

// 2 x 2 pairs of four registers each are half of the register file.
enum { PRODUCT_ROWS = 2, PRODUCT_TOKENS = 2 };

#include "../lanes/table.h"

extern const struct sluice_operations sluice_operations_neon;
const struct sluice_operations sluice_operations_neon = SLUICE_OPERATIONS_TABLE;
#endif
