import CLZ4
import SystemPackage

/// What LZ4 would save of a store's records, measured on some of them.
///
/// Records are not compressed: weights do not shrink enough to pay for unpacking them at every read. The
/// figure says so for the model at hand.
///
/// Source: github.com/lz4/lz4; its block format at the default level.
public struct CompressionSample: Sendable {
    /// Records that were looked at, spread evenly over the store.
    public private(set) var recordCount = 0
    /// Their bytes.
    public private(set) var byteCount = 0
    /// What they become, a record that would grow counted as it is.
    public private(set) var compressedBytes = 0

    /// The least share that must be saved for compression to pay.
    public static let worthwhile = 0.05

    /// The share of the bytes that would be saved, 0 to 1.
    public var saving: Double { byteCount > 0 ? 1 - Double(compressedBytes) / Double(byteCount) : 0 }

    private static let mostRecords = 16

    /// Compresses some of `ranges` of the file at `path`.
    ///
    /// - Throws: `Errno` where they cannot be read.
    init(path: String, ranges: [Range<Int>]) throws {
        let file = try unsafe FileDescriptor.open(path, .readOnly)
        defer { try? file.close() }
        let stride = max(ranges.count / Self.mostRecords, 1)
        for index in Swift.stride(from: 0, to: ranges.count, by: stride) {
            try add(ranges[index], of: file)
        }
    }

    private mutating func add(_ range: Range<Int>, of file: FileDescriptor) throws {
        guard range.count <= Int(Int32.max) / 2 else { return }
        var bytes = [UInt8](repeating: 0, count: range.count)
        let got = try unsafe bytes.withUnsafeMutableBytes {
            try unsafe file.read(fromAbsoluteOffset: Int64(range.lowerBound), into: $0)
        }
        guard got == range.count else { return }
        var target = [CChar](repeating: 0, count: Int(LZ4_compressBound(Int32(range.count))))
        let count = unsafe bytes.withUnsafeBytes { source in
            unsafe target.withUnsafeMutableBufferPointer { target in
                unsafe LZ4_compress_default(
                    source.baseAddress?.assumingMemoryBound(to: CChar.self), target.baseAddress,
                    Int32(source.count), Int32(target.count))
            }
        }
        recordCount += 1
        byteCount += range.count
        compressedBytes += min(Int(count), range.count)
    }
}
