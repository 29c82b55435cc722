// Included inside a target region: loads, stores, folds and the exponential.

SLUICE_INLINE lanes load(const float *from) { return *(const unaligned_lanes *)from; }

SLUICE_INLINE void store(float *to, lanes values) { *(unaligned_lanes *)to = values; }

// The first `count` (at most 16) elements, zeros behind them.
SLUICE_INLINE lanes load_some(const float *from, int64_t count) {
    if (count >= LANES) return load(from);
    float padded[LANES] = {0};
    for (int64_t i = 0; i < count; i++) padded[i] = from[i];
    return load(padded);
}

SLUICE_INLINE void store_some(float *to, lanes values, int64_t count) {
    if (count >= LANES) {
        store(to, values);
        return;
    }
    float padded[LANES];
    store(padded, values);
    for (int64_t i = 0; i < count; i++) to[i] = padded[i];
}

SLUICE_INLINE int64_t smallest(int64_t a, int64_t b) { return a < b ? a : b; }

SLUICE_INLINE lanes splat(float value) { return (lanes)(value); }

SLUICE_INLINE lanes fused(lanes a, lanes b, lanes c) { return __builtin_elementwise_fma(a, b, c); }

SLUICE_INLINE lanes choose(lane_bits mask, lanes yes, lanes no) {
    return (lanes)((mask & (lane_bits)yes) | (~mask & (lane_bits)no));
}

// The larger of each pair; `b` where either is NaN.
SLUICE_INLINE lanes larger(lanes a, lanes b) { return choose(a > b, a, b); }

SLUICE_INLINE lanes smaller(lanes a, lanes b) { return choose(a < b, a, b); }

SLUICE_INLINE lanes magnitude(lanes a) { return (lanes)((lane_bits)a & 0x7fffffff); }

// Sum of all lanes as a tree: lane i + lane i + 8, then 4, 2, 1.
SLUICE_INLINE float fold(lanes a) {
    typedef float eight __attribute__((ext_vector_type(8)));
    typedef float four __attribute__((ext_vector_type(4)));
    const eight halves = a.lo + a.hi;
    const four quarters = halves.lo + halves.hi;
    return (quarters.x + quarters.z) + (quarters.y + quarters.w);
}

SLUICE_INLINE float fold_larger(lanes a) {
    float values[LANES];
    store(values, a);
    float best = values[0];
    for (int i = 1; i < LANES; i++) best = values[i] > best ? values[i] : best;
    return best;
}

// sum += a * b over `count` elements: element i goes to lane i % 16. The sum of a row can so be continued
// tile by tile.
SLUICE_INLINE lanes accumulate(const float *a, const float *b, int64_t count, lanes sum) {
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) sum = fused(load(a + i), load(b + i), sum);
    return i < count ? fused(load_some(a + i, count - i), load_some(b + i, count - i), sum) : sum;
}

// e^x, at most 1 unit in the last place from the true value where the result is normal; 0 below -105,
// infinity above 88.73, NaN for NaN. x = n ln 2 + r, Taylor polynomial of degree 7 in r (|r| <= 0.35: the
// rest is below 6e-9), 2^n in two factors so that neither overflows.
SLUICE_INLINE lanes exponential(lanes x) {
    const float shift = 0x1.8p23f; // adding it rounds to a whole number, kept in the low bits
    x = larger(splat(-105.0f), x);
    x = smaller(splat(89.0f), x);
    const lanes shifted = fused(x, splat(0x1.715476p0f), splat(shift));
    const lanes n = shifted - shift;
    lanes r = fused(n, splat(-0x1.62e43p-1f), x);
    r = fused(n, splat(1.90465429e-9f), r); // what the line before took too much
    lanes p = splat(1.0f / 5040);
    p = fused(p, r, splat(1.0f / 720));
    p = fused(p, r, splat(1.0f / 120));
    p = fused(p, r, splat(1.0f / 24));
    p = fused(p, r, splat(1.0f / 6));
    p = fused(p, r, splat(0.5f));
    p = fused(p, r, splat(1));
    p = fused(p, r, splat(1));
    const lane_bits power = (lane_bits)shifted - (lane_bits)splat(shift);
    const lane_bits half = power >> 1;
    return p * (lanes)((half + 127) << 23) * (lanes)((power - half + 127) << 23);
}

SLUICE_INLINE float exponential_of(float x) { return exponential(splat(x)).x; }

SLUICE_INLINE lanes sigmoid_of(lanes x) { return 1.0f / (1.0f + exponential(-x)); }

SLUICE_INLINE lanes silu_of(lanes x) { return x / (1.0f + exponential(-x)); }
