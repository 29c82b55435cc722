package import Residency
import SystemPackage

/// Writes a trace block by block. Not for several threads at once.
///
/// After an error the file ends with the last whole block, if the system lets it be cut off there.
package struct TraceWriter {
    private let path: String
    private let output: any TraceOutput
    private let layout: TraceBlockLayout
    private var encoder: TraceBlockEncoder
    /// Bytes of header and whole blocks.
    package private(set) var byteCount = 0
    /// What the blocks held before compression.
    private var contentBytes = 0

    /// Creates or empties the file at `path` and writes the header, once that is known to be possible.
    ///
    /// - Parameter rowsPerBlock: the most that a block will hold; buffers are made for that many.
    /// - Throws: `unwritableFile`, `diskFull`; `limitExceeded` for a header or a row that is too large.
    package init(
        _ header: TraceHeader, to path: String, rowsPerBlock: Int? = nil
    ) throws(TraceFilesError) {
        let start = try Start(header, path: path)
        let output: DiskTraceOutput
        do throws(Errno) {
            output = try DiskTraceOutput(path)
        } catch {
            throw TraceFilesError(.unwritableFile(reason: error.description), path: path)
        }
        try self.init(start, to: output, path: path, rowsPerBlock: rowsPerBlock)
    }

    /// The same into what was opened elsewhere.
    package init(
        _ header: TraceHeader, to output: any TraceOutput, path: String, rowsPerBlock: Int? = nil
    ) throws(TraceFilesError) {
        try self.init(Start(header, path: path), to: output, path: path, rowsPerBlock: rowsPerBlock)
    }

    private init(
        _ start: Start, to output: any TraceOutput, path: String, rowsPerBlock: Int?
    ) throws(TraceFilesError) {
        self.path = path
        self.output = output
        layout = start.layout
        encoder = TraceBlockEncoder(rawBytes: (rowsPerBlock ?? 0) * start.layout.rowBytes)
        try write(start.header.span)
    }

    /// What a file begins with, known to be possible.
    private struct Start {
        let layout: TraceBlockLayout
        let header: [UInt8]

        init(_ header: TraceHeader, path: String) throws(TraceFilesError) {
            layout = TraceBlockLayout(header.shape, header.columns)
            try layout.check(path: path)
            self.header = try header.encoded(path: path)
        }
    }

    /// Appends all rows of `trace` as blocks of about a mebibyte; a step is taken apart only where it alone
    /// is larger.
    ///
    /// - Precondition: shape and columns are those of the header.
    /// - Throws: `unwritableFile`, `diskFull`.
    package mutating func append(_ trace: RoutingTrace) throws(TraceFilesError) {
        let rows = trace.rows
        var start = 0
        while start < rows.count {
            var end = min(start + layout.aimedRows, rows.count)
            if end < rows.count, let last = lastStart(rows, in: start + 1..<end + 1) { end = last }
            encoder.encode(trace, rows: start..<end)
            try writeBlock()
            start = end
        }
    }

    /// Appends all rows of `trace` as one block. Allocates: none where the buffers were made for it.
    ///
    /// - Throws: `unwritableFile`, `diskFull`.
    package mutating func appendBlock(_ trace: RoutingTrace) throws(TraceFilesError) {
        encoder.encode(trace, rows: trace.rows.indices)
        try writeBlock()
    }

    /// Appends counts of uses, the only block of such a trace.
    ///
    /// - Throws: `unwritableFile`, `diskFull`.
    package mutating func append(_ usage: ExpertUsage) throws(TraceFilesError) {
        encoder.encode(usage)
        try writeBlock()
    }

    /// Says that nothing is missing, and closes the file; nothing can be written any more.
    ///
    /// - Throws: `unwritableFile`, `diskFull`.
    package mutating func finish() throws(TraceFilesError) {
        encoder.encodeEnd()
        try writeBlock()
        do throws(Errno) {
            try output.close()
        } catch {
            throw failure(error)
        }
    }

    /// Closes the file as it is, after an error.
    package func abandon() { try? output.close() }

    /// The last of `candidates` at which a step begins.
    private func lastStart(_ rows: [TraceRow], in candidates: Range<Int>) -> Int? {
        candidates.last { rows[$0].step != rows[$0 - 1].step }
    }

    private mutating func writeBlock() throws(TraceFilesError) {
        contentBytes += encoder.contentBytes
        // Where blocks repeat themselves endlessly, readers would refuse the file as made to fill memory.
        if contentBytes > TraceFormat.maximumContentBytes(upTo: byteCount + encoder.blockBytes) {
            encoder.undoCompression()
        }
        let encoder = encoder
        try encoder.withBlock { (block) throws(TraceFilesError) in try write(block) }
    }

    private mutating func write(_ bytes: Span<UInt8>) throws(TraceFilesError) {
        do throws(Errno) {
            try output.write(bytes)
            byteCount += bytes.count
        } catch {
            // A block of which a part is there is no loss for readers, only untidy.
            try? output.truncate(to: byteCount)
            throw failure(error)
        }
    }

    private func failure(_ error: Errno) -> TraceFilesError {
        let isFull = error == .noSpace || error == .diskQuotaExceeded
        return TraceFilesError(
            isFull ? .diskFull : .unwritableFile(reason: error.description), path: path, offset: byteCount)
    }
}
