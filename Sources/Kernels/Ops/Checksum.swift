import CKernels

/// A CRC-32C (Castagnoli), by the processor's own instruction where it has one: equal on every machine.
///
/// It finds damage, not malice. Checksums of neighbours join without reading the bytes again, so bytes may
/// be summed in any order and by any thread.
public struct Checksum: Sendable, Hashable {
    /// The checksum of the bytes so far; 0 where there are none.
    public private(set) var value: UInt32

    /// The checksum of no bytes, or one that was read from a file.
    public init(_ value: UInt32 = 0) { self.value = value }

    /// Adds `bytes` behind the others. Allocates: none. Runs on: any thread.
    public mutating func append(_ bytes: Span<UInt8>) { append(bytes, by: Self.instructionSet) }

    /// The same by the instructions of `set`.
    ///
    /// - Precondition: the machine supports it.
    package mutating func append(_ bytes: Span<UInt8>, by set: InstructionSet) {
        value = unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return value }
            let operations = unsafe sluice_operations(set.identifier)
            return unsafe operations.pointee.crc32c(value, base, Int64(buffer.count))
        }
    }

    /// Adds bytes of which only the checksum and their number are known. Cost: the logarithm of `byteCount`.
    ///
    /// - Precondition: `byteCount` is not negative.
    public mutating func append(_ other: Checksum, byteCount: Int) {
        value = Self.shifted(value, byteCount: byteCount) ^ other.value
    }

    /// Adds `byteCount` bytes of zero. Cost: the logarithm of `byteCount`.
    ///
    /// - Precondition: `byteCount` is not negative.
    public mutating func appendZeros(byteCount: Int) {
        // The register, which is inverted before and after, takes zeros as a factor.
        value = ~Self.shifted(~value, byteCount: byteCount)
    }

    private static let instructionSet = InstructionSet.best

    /// The product with x to the power of eight times `byteCount`.
    private static func shifted(_ value: UInt32, byteCount: Int) -> UInt32 {
        precondition(byteCount >= 0, "\(byteCount) bytes")
        var result = value
        // x to the power of eight; the highest bit is the coefficient of x^0.
        var factor: UInt32 = 1 << 23
        var count = byteCount
        while count > 0 {
            if count & 1 == 1 { result = product(result, factor) }
            factor = product(factor, factor)
            count >>= 1
        }
        return result
    }

    /// The product of two polynomials modulo CRC-32C's.
    private static func product(_ first: UInt32, _ second: UInt32) -> UInt32 {
        var sum: UInt32 = 0
        var term = second
        for bit in (0..<32).reversed() {
            if first >> UInt32(bit) & 1 == 1 { sum ^= term }
            term = term >> 1 ^ (term & 1 == 1 ? 0x82F6_3B78 : 0)
        }
        return sum
    }
}

extension Checksum: CustomStringConvertible {
    /// Eight hexadecimal digits.
    public var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
