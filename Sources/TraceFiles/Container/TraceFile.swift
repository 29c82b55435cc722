import Kernels
public import Residency
import SystemPackage

/// A trace as it stands in a file of our own format.
public struct TraceFile: Sendable {
    /// What the blocks of a file hold.
    public enum Contents: Sendable {
        case routing(RoutingTrace)
        case usage(ExpertUsage)
    }

    /// What the trace is of.
    public let header: TraceHeader
    /// Tokens with their choices, or counts.
    public let contents: Contents
    /// Whether its recorder closed it; of a recording that was killed, or that goes on, the end is missing.
    public let isComplete: Bool
    /// Bytes behind the last whole block, which were not read.
    public let tornBytes: Int

    /// Reads a whole file, or of one whose end is missing all whole blocks.
    ///
    /// - Throws: `missingFile`, `unreadableFile`, `unknownContainer`, `unsupportedVersion`, `truncated` for
    ///   an incomplete header, `limitExceeded`, `wrongChecksum`, `invalid`.
    public static func read(_ path: String) throws(TraceFilesError) -> TraceFile {
        try TraceFile(DiskTraceInput(path), path: path)
    }

    /// The same from what was opened elsewhere.
    package init(_ input: some TraceInput, path: String) throws(TraceFilesError) {
        let header = try Self.header(input, path: path)
        self.header = header.header
        var blocks = TraceBlocks(input, header.header, path: path, offset: header.byteCount)
        switch header.header.kind {
        case .routing:
            var trace = RoutingTrace(shape: header.header.shape, columns: header.header.columns)
            while let block = try blocks.next() {
                var decoder = TraceBlockDecoder(block.bytes, path: path, offset: block.offset)
                try decoder.append(rows: block.rows, to: &trace)
            }
            contents = .routing(trace)
        case .usage:
            guard let block = try blocks.next() else {
                let needed = UInt64(header.header.shape.usageBytes)
                throw TraceFilesError(
                    .truncated(reading: "the counts", needed: needed, available: UInt64(blocks.tornBytes)),
                    path: path, offset: header.byteCount)
            }
            let layers = header.header.shape.numbering.layerCount
            guard block.rows == layers else {
                throw TraceFilesError(
                    .invalid(found: "counts of \(block.rows) layers", expected: "of \(layers)"), path: path,
                    offset: block.offset)
            }
            var decoder = TraceBlockDecoder(block.bytes, path: path, offset: block.offset)
            contents = .usage(decoder.usage(header.header.shape))
            if let second = try blocks.next() {
                throw TraceFilesError(
                    .invalid(found: "a second block of counts", expected: "one"), path: path,
                    offset: second.offset)
            }
        }
        isComplete = blocks.isAtEnd
        tornBytes = blocks.tornBytes
    }

    private static func header(
        _ input: some TraceInput, path: String
    ) throws(TraceFilesError) -> (header: TraceHeader, byteCount: Int) {
        let headerBytes = TraceFormat.headerBytes
        let start = try read(input, 0..<min(headerBytes, input.byteCount), path)
        let preamble = try TraceHeader.preamble(start, path: path)
        let end = headerBytes + preamble.descriptionBytes
        guard end <= input.byteCount else {
            throw TraceFilesError(
                .truncated(
                    reading: "the description", needed: UInt64(preamble.descriptionBytes),
                    available: UInt64(max(input.byteCount - headerBytes, 0))),
                path: path, offset: headerBytes)
        }
        let description = try read(input, headerBytes..<end, path)
        var found = Checksum()
        found.append(description.span)
        guard found == preamble.descriptionChecksum else {
            throw TraceFilesError(
                .wrongChecksum(
                    of: "the description", found: found.description,
                    expected: preamble.descriptionChecksum.description),
                path: path, offset: headerBytes)
        }
        let header = try TraceHeader(description: description, path: path)
        try TraceBlockLayout(header.shape, header.columns).check(path: path)
        return (header, end)
    }

    /// Bytes that are there, or an error.
    static func read(
        _ input: some TraceInput, _ range: Range<Int>, _ path: String
    ) throws(TraceFilesError) -> [UInt8] {
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try input.read(range)
        } catch {
            throw TraceFilesError(
                .unreadableFile(reason: error.description), path: path, offset: range.lowerBound)
        }
        guard bytes.count == range.count else {
            throw TraceFilesError(
                .truncated(
                    reading: "the file, which shrank meanwhile", needed: UInt64(range.count),
                    available: UInt64(bytes.count)),
                path: path, offset: range.lowerBound)
        }
        return bytes
    }
}

extension TraceFile {
    /// Writes a trace as a whole.
    ///
    /// - Precondition: shape and columns are those of the header.
    /// - Throws: `unwritableFile`, `diskFull`, `limitExceeded`.
    public static func write(
        _ trace: RoutingTrace, _ header: TraceHeader, to path: String
    ) throws(TraceFilesError) {
        precondition(
            header.kind == .routing && header.shape == trace.shape && header.columns == trace.columns,
            "the header describes another trace")
        var writer = try TraceWriter(header, to: path)
        try writer.append(trace)
        try writer.finish()
    }

    /// Writes counts of uses.
    ///
    /// - Precondition: the shape is that of the header.
    /// - Throws: `unwritableFile`, `diskFull`, `limitExceeded`.
    public static func write(
        _ usage: ExpertUsage, _ header: TraceHeader, to path: String
    ) throws(TraceFilesError) {
        precondition(header.kind == .usage && header.shape == usage.shape, "the header describes another")
        var writer = try TraceWriter(header, to: path)
        try writer.append(usage)
        try writer.finish()
    }
}
