/// Random bits that are a function of a key and a counter: no state, so any draw can be made in any order.
///
/// Philox with four 32-bit words and ten rounds. What a token of a text draws depends on the seed, its
/// position and its number alone, and with that neither on the thread count nor on which other draws were
/// made.
///
/// Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011, doi
/// 10.1145/2063384.2063405; the constants are those of the paper's Philox4x32.
public struct CounterGenerator: Sendable {
    /// Four words of 32 bits.
    public typealias Words = SIMD4<UInt32>

    private let key: SIMD2<UInt32>

    /// Uses the 64 bits of `seed` as key, low word first.
    public init(seed: UInt64) {
        key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    }

    /// The 128 random bits of `counter`. Allocates: none.
    public func words(_ counter: Words) -> Words {
        var words = counter
        var key = key
        for _ in 0..<10 {
            let low = UInt64(words.x) * 0xD251_1F53
            let high = UInt64(words.z) * 0xCD9E_8D57
            words = Words(
                UInt32(truncatingIfNeeded: high >> 32) ^ words.y ^ key.x, UInt32(truncatingIfNeeded: high),
                UInt32(truncatingIfNeeded: low >> 32) ^ words.w ^ key.y, UInt32(truncatingIfNeeded: low))
            key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return words
    }

    /// A real number strictly between 0 and 1 for `token` at `position`, of 53 random bits. Allocates: none.
    public func uniform(position: Int, token: Int) -> Double {
        let position = UInt64(truncatingIfNeeded: position)
        let bits = words(
            Words(
                UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32),
                UInt32(truncatingIfNeeded: token), 0))
        let mantissa = (UInt64(bits.y) << 32 | UInt64(bits.x)) >> 11
        return (Double(mantissa) + 0.5) * 0x1p-53
    }

    /// Gumbel noise, -log(-log u), for `token` at `position`. Allocates: none.
    ///
    /// The token of largest log probability plus noise is distributed by the probabilities (Gumbel-max).
    public func gumbel(position: Int, token: Int) -> Double {
        -naturalLogarithm(-naturalLogarithm(uniform(position: position, token: token)))
    }

    /// No draw is larger: u is at most 1 - 2^-54, so that -log u is at least 2^-54, whose negated logarithm
    /// is 37.43.
    public static let largestGumbel = 37.5
}
