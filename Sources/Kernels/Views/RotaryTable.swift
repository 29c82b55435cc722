#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Cosines and sines of rotary position embedding for every position of a context.
///
/// Which frequencies (linear, YaRN, long-context scaling) is the model's business: it hands over the finished list. Sized at load;
/// a position beyond it traps. Allocates: once, `positions` x 2 x frequencies Float32.
/// Source: RoFormer, arXiv 2104.09864. The angle is the Float32 product of position and frequency, as the reference
/// implementations compute it; its cosine is taken in Float64 and rounded.
public final class RotaryTable: Sendable {
    public let positions: Int
    /// Elements of a head that are rotated: two per frequency.
    public let dims: Int
    let values: FloatBuffer

    /// - Parameter inverseFrequencies: angle per position of each pair, in radians.
    /// - Parameter magnitude: factor on every cosine and sine (YaRN's attention scale); 1 for none.
    public init(inverseFrequencies: [Float], magnitude: Float = 1, positions: Int) {
        precondition(positions >= 0, "\(positions) positions")
        self.positions = positions
        dims = 2 * inverseFrequencies.count
        values = FloatBuffer(count: positions * dims)
        let pairs = inverseFrequencies.count
        for position in 0..<positions {
            for (pair, frequency) in inverseFrequencies.enumerated() {
                let angle = Double(Float(position) * frequency)
                unsafe values.base[position * dims + pair] = Float(cos(angle)) * magnitude
                unsafe values.base[position * dims + pairs + pair] = Float(sin(angle)) * magnitude
            }
        }
    }

    /// Memory of the table.
    public var byteCount: Int { positions * dims * MemoryLayout<Float>.stride }
}
