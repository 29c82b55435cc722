import Kernels
package import Residency

/// Makes blocks of rows; keeps its buffers from block to block. Allocates: where a block is larger than all
/// before.
package struct TraceBlockEncoder {
    /// The columns, before compression.
    private var raw: [UInt8] = []
    /// Header and bytes as they stand in the file, and room behind them.
    private var block: [UInt8] = []
    /// Bytes of the block that was encoded last, header included.
    private(set) var blockBytes = 0
    /// What it holds before compression.
    var contentBytes: Int { raw.count }

    /// - Parameter rawBytes: what the largest block will hold before compression.
    package init(rawBytes: Int = 0) {
        raw.reserveCapacity(rawBytes)
        makeRoom(rawBytes)
    }

    /// Encodes `rows` of `trace`.
    package mutating func encode(_ trace: RoutingTrace, rows: Range<Int>) {
        raw.removeAll(keepingCapacity: true)
        let shape = trace.shape
        let layers = shape.numbering.layerCount
        let choices = rows.lowerBound * shape.choicesPerRow..<rows.upperBound * shape.choicesPerRow
        appendPlanes(rows) { trace.rows[$0].sequence }
        appendPlanes(rows) { trace.rows[$0].position }
        appendPlanes(rows) { trace.rows[$0].step }
        appendPlanes(rows) { trace.rows[$0].token ?? TraceFormat.unknownToken }
        appendPlanes(rows) { trace.rows[$0].phase.rawValue }
        trace.withChoices { span in appendPlanes(choices) { span[$0] } }
        if trace.columns.hasWeights {
            trace.withWeights { span in appendPlanes(choices) { span[$0].bitPattern } }
        }
        if trace.columns.hasResidency {
            trace.withResidencies { span in appendPlanes(choices) { span[$0].rawValue } }
        }
        if trace.columns.hasBytesRead {
            trace.withBytesRead { span in
                appendPlanes(rows.lowerBound * layers..<rows.upperBound * layers) { span[$0] }
            }
        }
        for (index, column) in trace.columns.candidates.enumerated() {
            let perRow = layers * column.count
            trace.withCandidates(column: index) { span in
                appendPlanes(rows.lowerBound * perRow..<rows.upperBound * perRow) { span[$0] }
            }
        }
        close(rows: rows.count)
    }

    /// Encodes the counts of a trace that holds nothing else.
    package mutating func encode(_ usage: ExpertUsage) {
        raw.removeAll(keepingCapacity: true)
        let counts = usage.counts
        appendPlanes(counts.indices) { counts[$0] }
        close(rows: usage.shape.numbering.layerCount)
    }

    /// Encodes the block behind the last one.
    package mutating func encodeEnd() {
        raw.removeAll(keepingCapacity: true)
        close(rows: 0)
    }

    /// Leaves the block that was encoded last as it is before compression.
    mutating func undoCompression() {
        for index in raw.indices { block[TraceFormat.blockHeaderBytes + index] = raw[index] }
        seal(stored: raw.count)
    }

    /// Calls `body` with the block that was encoded last.
    package func withBlock<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result { try body(block.span.extracting(..<blockBytes)) }

    /// Adds numbers as planes: the lowest bytes of all of them, then the next. What is alike then lies
    /// together, which LZ4 needs to find it.
    private mutating func appendPlanes<Value: FixedWidthInteger & UnsignedInteger>(
        _ indices: Range<Int>, _ value: (Int) -> Value
    ) {
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
            for index in indices { raw.append(UInt8(truncatingIfNeeded: value(index) >> Value(shift))) }
        }
    }

    private mutating func makeRoom(_ rawBytes: Int) {
        let needed = TraceFormat.blockHeaderBytes + LZ4Block.bound(rawBytes)
        if block.count < needed { block += [UInt8](repeating: 0, count: needed - block.count) }
    }

    /// Compresses the columns, where that makes them smaller, and writes the block's header.
    private mutating func close(rows: Int) {
        makeRoom(raw.count)
        let stored = LZ4Block.compress(raw, into: &block, at: TraceFormat.blockHeaderBytes)
        set(UInt32(rows), at: 0)
        set(UInt32(raw.count), at: 4)
        if stored < raw.count { seal(stored: stored) } else { undoCompression() }
    }

    /// Writes what the block's header says of the `stored` bytes behind it.
    private mutating func seal(stored: Int) {
        let start = TraceFormat.blockHeaderBytes
        blockBytes = start + stored
        var payload = Checksum()
        payload.append(block.span.extracting(start..<blockBytes))
        set(UInt32(stored), at: 8)
        set(payload.value, at: 12)
        var header = Checksum()
        header.append(block.span.extracting(..<16))
        set(header.value, at: 16)
    }

    private mutating func set(_ value: UInt32, at offset: Int) {
        for index in 0..<4 { block[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(index))) }
    }
}
