/// What stands before the tensor data of one GGUF file.
///
/// Layout, all integers little-endian:
///
///     "GGUF" | version u32 | tensor count u64 | metadata count u64
///     metadata: key (string) | type u32 | value                             x metadata count
///     tensors: name (string) | rank u32 | dimensions u64 | type u32 | offset u64    x tensor count
///     padding to the alignment | tensor data (offsets count from here)
///
/// A string is a length (u64) and that many bytes of UTF-8.
///
/// Source: the GGUF specification of the ggml project (docs/gguf.md), versions 2 and 3.
struct GGUFHeader {
    /// "GGUF" as a little-endian integer.
    static let magic: UInt32 = 0x4655_4747
    static let versions: ClosedRange<UInt32> = 2...3
    static let alignmentKey = "general.alignment"

    let version: UInt32
    let metadata: [String: MetadataValue]
    let alignment: Int
    let tensors: [GGUFTensorInfo]
    /// Bytes up to the end of the last tensor's description.
    let headerBytes: Int
    /// Where the tensor data starts; may lie beyond the end of a file without tensors.
    let dataStart: Int

    /// Reads and checks everything but the tensors' ranges.
    ///
    /// - Throws: `ModelFileError` naming key or tensor and the byte offset.
    init(_ bytes: FileBytes, path: String) throws(ModelFileError) {
        var cursor = ByteCursor(bytes, path: path)
        version = try Self.readVersion(&cursor)
        let tensorCountStart = cursor.offset
        let tensorCount = try cursor.read(UInt64.self, "the tensor count")
        let metadataCountStart = cursor.offset
        let metadataCount = try cursor.read(UInt64.self, "the metadata count")
        // A key of one byte and a value of one byte; a name of one byte and no dimensions.
        let metadataEntries = try cursor.check(
            count: metadataCount, of: 14, limit: FileLimits.metadataEntries, as: "the metadata entries",
            start: metadataCountStart)
        let tensorEntries = try cursor.check(
            count: tensorCount, of: 25, limit: FileLimits.tensors, as: "the tensor descriptions",
            start: tensorCountStart)

        var reader = GGUFMetadataReader()
        for _ in 0..<metadataEntries { try reader.readEntry(&cursor) }
        metadata = reader.values
        alignment = try Self.alignment(reader, cursor)

        var tensors: [GGUFTensorInfo] = []
        tensors.reserveCapacity(tensorEntries)
        for _ in 0..<tensorEntries { tensors.append(try GGUFTensorInfo(&cursor)) }
        self.tensors = tensors
        headerBytes = cursor.offset
        let (padded, overflow) = cursor.offset.addingReportingOverflow(alignment - 1)
        guard !overflow else { throw cursor.error(.invalidAlignment(found: "\(alignment)")) }
        dataStart = padded & ~(alignment - 1)
    }

    private static func readVersion(_ cursor: inout ByteCursor) throws(ModelFileError) -> UInt32 {
        let magic = try cursor.read(UInt32.self, "the magic number")
        if magic == Self.magic.byteSwapped { throw cursor.error(.bigEndian, at: 0) }
        guard magic == Self.magic else {
            throw cursor.error(.unknownContainer(found: hexadecimal(magic)), at: 0)
        }
        let start = cursor.offset
        let version = try cursor.read(UInt32.self, "the version")
        guard versions.contains(version) else {
            // A big-endian file keeps the magic bytes and swaps everything behind them.
            let swapped = version & 0xFFFF == 0 && version != 0
            throw cursor.error(swapped ? .bigEndian : .unsupportedVersion(found: version), at: start)
        }
        return version
    }

    private static func alignment(
        _ reader: GGUFMetadataReader, _ cursor: ByteCursor
    ) throws(ModelFileError) -> Int {
        guard let value = reader.values[alignmentKey] else { return 32 }
        let start = reader.alignmentOffset ?? 0
        guard case .integer(let number) = value else {
            let code = ModelFileError.Code.wrongMetadata(
                key: alignmentKey, found: value.summary, expected: "an integer")
            throw ModelFileError(code, path: cursor.path, offset: start)
        }
        guard number >= 8, number <= Int64(UInt32.max), number.nonzeroBitCount == 1 else {
            throw ModelFileError(
                .invalidAlignment(found: "\(number)"), path: cursor.path, offset: start, key: alignmentKey)
        }
        return Int(number)
    }

    /// The four bytes of `word` as they stand in the file.
    static func hexadecimal(_ word: UInt32) -> String {
        let bytes = (0..<4).map { index in
            let text = String(UInt8(truncatingIfNeeded: word >> (8 * index)), radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        return "the bytes " + bytes.joined(separator: " ")
    }
}
