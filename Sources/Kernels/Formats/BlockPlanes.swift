import CKernels

/// How blocks of a format come apart into a prefix that alone is a weight of lower precision, and the rest.
///
/// Layout: `CKernels/include/sluice_planes.h` gives it bit by bit. Prefixes of consecutive blocks lie one
/// behind the other, and so do rests. Allocates: none. Runs on: any thread.
@safe public struct BlockPlanes: @unchecked Sendable {
    // Unchecked: the row of the table is constant.
    /// What the blocks hold.
    public let format: WeightFormat
    private let planes: UnsafePointer<sluice_planes>

    /// Nil for formats whose blocks stay whole: floats, codes that are indices of a table, and blocks whose
    /// prefix would have less than 2.5 bits per weight.
    public init?(_ format: WeightFormat) {
        guard let planes = unsafe sluice_planes(format.rawValue) else { return nil }
        self.format = format
        unsafe self.planes = planes
    }

    /// Bytes of the prefix of one block.
    public var prefixBytes: Int { unsafe Int(planes.pointee.prefix_bytes) }

    /// Bytes of the rest of one block.
    public var restBytes: Int { format.blockBytes - prefixBytes }

    /// Takes `count` blocks apart. No two of the memories overlap.
    @unsafe public func split(
        _ blocks: UnsafeRawPointer, prefix: UnsafeMutableRawPointer, rest: UnsafeMutableRawPointer, count: Int
    ) {
        unsafe planes.pointee.split(blocks, prefix, rest, Int64(count))
    }

    /// Puts `count` blocks together again, to the bit. No two of the memories overlap.
    @unsafe public func join(
        prefix: UnsafeRawPointer, rest: UnsafeRawPointer, into blocks: UnsafeMutableRawPointer, count: Int
    ) {
        unsafe planes.pointee.join(prefix, rest, blocks, Int64(count))
    }

    /// Makes `count` blocks of prefixes alone, with the middle of what they can be for the bits that miss: a
    /// code is at most 2 from the original, one of Q8_0 at most 8. The memories do not overlap.
    @unsafe public func expand(
        _ prefix: UnsafeRawPointer, into blocks: UnsafeMutableRawPointer, count: Int
    ) {
        unsafe planes.pointee.expand(prefix, blocks, Int64(count))
    }
}
