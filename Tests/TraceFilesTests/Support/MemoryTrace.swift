import Residency
import Synchronization
import SystemPackage
import TraceFiles

/// A file in memory that can be refused more bytes, once or from then on.
final class MemoryTraceOutput: TraceOutput {
    private struct State {
        var bytes: [UInt8] = []
        var calls = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    /// The number of the call that fails, from 1; none with 0.
    private let failingCall: Int
    private let error: Errno
    /// Bytes that are still written by the call that fails.
    private let partBytes: Int

    init(failingCall: Int = 0, error: Errno = .noSpace, partBytes: Int = 0) {
        self.failingCall = failingCall
        self.error = error
        self.partBytes = partBytes
    }

    var bytes: [UInt8] { state.withLock { $0.bytes } }
    var calls: Int { state.withLock { $0.calls } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func write(_ bytes: Span<UInt8>) throws(Errno) {
        let copy = bytes.indices.map { bytes[$0] }
        let fails = state.withLock { state in
            state.calls += 1
            let fails = state.calls == failingCall
            state.bytes += fails ? Array(copy.prefix(partBytes)) : copy
            return fails
        }
        if fails { throw error }
    }

    func truncate(to byteCount: Int) throws(Errno) {
        state.withLock { $0.bytes.removeLast($0.bytes.count - byteCount) }
    }

    func close() throws(Errno) {
        let fails = state.withLock { state in
            state.calls += 1
            state.isClosed = true
            return state.calls == failingCall
        }
        if fails { throw error }
    }
}

/// A file in memory, whose reads fail from one on.
struct MemoryTraceInput: TraceInput {
    let bytes: [UInt8]
    /// Bytes behind this cannot be read.
    var failingOffset = Int.max
    /// Bytes that the file is said to have.
    var claimedCount: Int?

    var byteCount: Int { claimedCount ?? bytes.count }

    func read(_ range: Range<Int>) throws(Errno) -> [UInt8] {
        if range.upperBound > failingOffset { throw .ioError }
        return Array(bytes[min(range.lowerBound, bytes.count)..<min(range.upperBound, bytes.count)])
    }
}

extension RoutingTrace {
    /// The bytes of a whole file, in blocks of `rows` rows or as the writer cuts them.
    func fileBytes(notes: [TraceNote] = [], rows: Int? = nil) throws -> [UInt8] {
        let output = MemoryTraceOutput()
        try write(to: output, notes: notes, rows: rows)
        return output.bytes
    }

    func write(to output: MemoryTraceOutput, notes: [TraceNote] = [], rows: Int? = nil) throws {
        var writer = try TraceWriter(
            RandomTrace.header(self, notes: notes), to: output, path: "memory")
        if let rows {
            for start in stride(from: 0, to: self.rows.count, by: rows) {
                try writer.appendBlock(part(start..<min(start + rows, self.rows.count)))
            }
        } else {
            try writer.append(self)
        }
        try writer.finish()
    }

    /// Some of its rows.
    func part(_ range: Range<Int>) -> RoutingTrace {
        var part = RoutingTrace(shape: shape, columns: columns)
        for row in range {
            part.appendBlank(rows[row])
            let new = part.rows.count - 1
            for layer in 0..<shape.numbering.layerCount {
                for rank in 0..<shape.expertsPerToken {
                    if let expert = expert(row: row, layer: layer, rank: rank) {
                        part.setChoice(
                            row: new, layer: layer, rank: rank, expert: expert,
                            weight: weight(row: row, layer: layer, rank: rank) ?? 0)
                    }
                    if columns.hasResidency {
                        part.setResidency(
                            row: new, layer: layer, rank: rank,
                            to: residency(row: row, layer: layer, rank: rank))
                    }
                }
                if let read = bytesRead(row: row, layer: layer) {
                    part.setBytesRead(row: new, layer: layer, to: read)
                }
                for (index, column) in columns.candidates.enumerated() {
                    for rank in 0..<column.count {
                        guard let named = candidate(column: index, row: row, layer: layer, rank: rank) else {
                            continue
                        }
                        part.setCandidate(column: index, row: new, layer: layer, rank: rank, expert: named)
                    }
                }
            }
        }
        return part
    }
}

extension TraceFile {
    /// Its rows.
    var routing: RoutingTrace? { if case .routing(let trace) = contents { trace } else { nil } }
}
