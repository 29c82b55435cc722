/// A number that tells models apart: a hash of the headers (names, types, shapes, places, metadata), the
/// configuration and the sizes of all parts.
///
/// Cheap, because no tensor data is read. Two models that differ only in their weights (two trainings of one
/// architecture written by one tool with equal metadata) have equal fingerprints; it is no checksum. It
/// depends neither on the path nor on the machine, and a file's copy has the same.
public struct ModelFingerprint: Sendable, Hashable, CustomStringConvertible {
    /// All 64 bits.
    public private(set) var rawValue: UInt64 = 0x9E37_79B9_7F4A_7C15

    init() {}

    /// A fingerprint that was written down.
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Sixteen hexadecimal digits.
    public var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Mixes in one word.
    ///
    /// Source: the finaliser of SplitMix64 (Steele, Lea, Flood 2014, doi 10.1145/2660193.2660195), here
    /// chained.
    mutating func combine(_ word: UInt64) {
        var mixed = (rawValue ^ word) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 30)) &* 0x94D0_49BB_1331_11EB
        rawValue = mixed ^ (mixed >> 31)
    }

    /// Mixes in bytes, eight at a time, and their count.
    mutating func combine(_ bytes: Span<UInt8>) {
        var word: UInt64 = 0
        for index in bytes.indices {
            word = word << 8 | UInt64(bytes[index])
            if index % 8 == 7 {
                combine(word)
                word = 0
            }
        }
        combine(word)
        combine(UInt64(bytes.count))
    }
}
