import Kernels
import Residency

/// Goes through the blocks of a file, up to the last whole one.
struct TraceBlocks<Input: TraceInput> {
    /// A block before compression, and where it starts in the file.
    struct Block {
        let rows: Int
        let bytes: [UInt8]
        let offset: Int
    }

    private let input: Input
    private let rowBytes: Int
    private let path: String
    private var offset: Int
    /// What all blocks so far held before compression.
    private var contentBytes = 0
    /// Whether the block behind the last one was met.
    private(set) var isAtEnd = false
    /// Bytes that begin a block and end with the file.
    private(set) var tornBytes = 0

    /// - Parameter offset: where the first block starts.
    init(_ input: Input, _ header: TraceHeader, path: String, offset: Int) {
        self.input = input
        self.path = path
        self.offset = offset
        rowBytes =
            switch header.kind {
            case .routing: TraceBlockLayout(header.shape, header.columns).rowBytes
            case .usage: header.shape.numbering.expertCount * 8
            }
    }

    /// The next whole block, decompressed; nil behind the last.
    ///
    /// - Throws: `unreadableFile`, `wrongChecksum`, `limitExceeded`, `invalid`.
    mutating func next() throws(TraceFilesError) -> Block? {
        guard !isAtEnd, tornBytes == 0 else { return nil }
        let left = input.byteCount - offset
        guard left >= TraceFormat.blockHeaderBytes else {
            tornBytes = left
            return nil
        }
        let start = offset + TraceFormat.blockHeaderBytes
        let bytes = try TraceFile.read(input, offset..<start, path)
        let header = try TraceBlockHeader(bytes, rowBytes: rowBytes, path: path, offset: offset)
        guard header.storedBytes <= input.byteCount - start else {
            tornBytes = left
            return nil
        }
        defer { offset = start + header.storedBytes }
        if header.rows == 0 {
            guard start == input.byteCount else {
                throw failure(
                    .invalid(
                        found: "\(input.byteCount - start) bytes behind the end of the trace",
                        expected: "none"))
            }
            isAtEnd = true
            return nil
        }
        contentBytes += header.rawBytes
        let maximum = TraceFormat.maximumContentBytes(upTo: start + header.storedBytes)
        guard contentBytes <= maximum else {
            throw failure(
                .limitExceeded(
                    limit: "the bytes of all blocks up to here before compression",
                    found: UInt64(contentBytes), maximum: UInt64(maximum)))
        }
        let stored = try TraceFile.read(input, start..<start + header.storedBytes, path)
        var found = Checksum()
        found.append(stored.span)
        guard found == header.checksum else {
            throw failure(
                .wrongChecksum(
                    of: "a block", found: found.description, expected: header.checksum.description))
        }
        if header.storedBytes == header.rawBytes {
            return Block(rows: header.rows, bytes: stored, offset: offset)
        }
        guard let raw = LZ4Block.decompress(stored, byteCount: header.rawBytes) else {
            throw failure(
                .invalid(
                    found: "a block that LZ4 cannot decompress",
                    expected: "one of \(header.rawBytes) bytes"))
        }
        return Block(rows: header.rows, bytes: raw, offset: offset)
    }

    private func failure(_ code: TraceFilesError.Code) -> TraceFilesError {
        TraceFilesError(code, path: path, offset: offset)
    }
}
