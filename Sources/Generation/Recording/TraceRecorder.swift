import Kernels
package import Models
package import Residency
package import TraceFiles

/// Records what each step chose: copies it into a block, and lets a thread of its own write it.
///
/// A step adds its rows once it has ended; one that was stopped adds none. The block goes to the thread when
/// another step does not fit, when it is a second old at the end of a step, and when a request ends. While it
/// is written the engine computes, but adds nothing: who kills the process loses that block, or else the one
/// that is filled, and the step under way. Runs on: engine thread.
package final class TraceRecorder {
    private let target: TraceTarget
    private let relay: TraceRelay
    private let thread: SystemThread
    private var summary: TraceSummary
    private var blockStart = monotonicNanoseconds()
    private var isFinished = false

    /// Longest time that a block is filled for. Half a second's tokens are lost on average, and a block of a
    /// second costs a slow model 20 bytes a second.
    private static var blockNanoseconds: UInt64 { 1_000_000_000 }

    /// Creates the file and starts the thread. Allocates: once.
    ///
    /// - Throws: `unwritableFile`, `diskFull`, `limitExceeded`; `noRecorder` where the system gives no
    ///   thread.
    package init(_ target: TraceTarget) throws(TraceFilesError) {
        let header = target.header
        let rows = target.blockRows
        let writer = try TraceWriter(header, to: target.path, rowsPerBlock: rows)
        let relay = TraceRelay(shape: header.shape, columns: header.columns, rows: rows)
        guard let thread = SystemThread({ relay.writeAll(writer) }) else {
            throw TraceFilesError(.noRecorder(reason: "the system gives no thread"), path: target.path)
        }
        self.target = target
        self.relay = relay
        self.thread = thread
        summary = TraceSummary(path: target.path)
    }

    deinit { end() }

    /// A step is about to run.
    ///
    /// - Parameter startsText: whether its first row is the first of a text.
    package func begin(_ record: StepRecord, startsText: Bool, phase: TraceRow.Phase) {
        record.sequence = UInt32(startsText ? summary.sequences : max(summary.sequences - 1, 0))
        record.step = UInt32(summary.steps)
        record.phase = phase
    }

    /// The step has ended. Allocates: none; waits where the disk has not written the block before by then.
    package func commit(_ record: StepRecord) {
        let rows = record.trace.rows.count
        if relay.current.trace.rows.count + rows > target.blockRows { flush() }
        let block = relay.current
        block.trace.append(contentsOf: record.trace)
        summary.tokens += rows
        summary.steps += 1
        summary.sequences = Int(record.sequence) + 1
        summary.choices += rows * target.header.shape.choicesPerRow
        // A block that has no room for another such step is written while that is computed.
        let isFull = block.trace.rows.count + rows > target.blockRows
        if isFull || monotonicNanoseconds() - blockStart >= Self.blockNanoseconds { flush() }
    }

    /// Hands over what there is. Allocates: none.
    package func flush() {
        relay.handOver()
        blockStart = monotonicNanoseconds()
    }

    /// Writes the rest, and waits until it is written; nothing can be recorded any more.
    ///
    /// - Throws: what went wrong with the file, `diskFull` above all; the rows until then are in it.
    package func finish() throws(TraceFilesError) -> TraceSummary {
        end()
        let result = relay.result
        if let error = result.error { throw error }
        summary.byteCount = result.byteCount
        return summary
    }

    private func end() {
        guard !isFinished else { return }
        isFinished = true
        flush()
        relay.stop()
        thread.join()
    }
}
