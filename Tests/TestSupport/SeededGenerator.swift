import Foundation

/// A small random generator whose whole state is its seed: equal seeds give equal sequences on every machine.
///
/// Source: SplitMix64 (Steele, Lea, Flood 2014, doi 10.1145/2660193.2660195).
public struct SeededGenerator: RandomNumberGenerator {
    /// What reproduces the sequence; failures print it.
    public let seed: UInt64
    private var state: UInt64

    /// Starts the sequence of `seed`.
    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// The seed in the environment variable `SLUICE_SEED` where it is set, else `fallback`.
    public static func fromEnvironment(fallback: UInt64) -> SeededGenerator {
        let given = ProcessInfo.processInfo.environment["SLUICE_SEED"].flatMap { UInt64($0) }
        return SeededGenerator(seed: given ?? fallback)
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A value uniform in `range`.
    public mutating func float(in range: Range<Float>) -> Float { Float.random(in: range, using: &self) }

    /// Values uniform in `range`.
    public mutating func floats(_ count: Int, in range: Range<Float>) -> [Float] {
        var values: [Float] = []
        for _ in 0..<count { values.append(float(in: range)) }
        return values
    }
}
