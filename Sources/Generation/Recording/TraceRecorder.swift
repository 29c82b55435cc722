import Kernels
package import Models
package import Residency
package import TraceFiles

/// Records what each step chose: copies it into a block, and lets a thread of its own write the blocks.
///
/// A step adds its rows once it has ended; one that was stopped adds none. A block goes to the thread when it
/// is full, a second old at the end of a step, or when a request ends: who kills the process loses no more
/// than that. Runs on: engine thread.
package final class TraceRecorder {
    private let target: TraceTarget
    private let ring: TraceRing
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
        let ring = TraceRing(shape: header.shape, columns: header.columns, rows: rows)
        guard let thread = SystemThread({ ring.writeAll(writer) }) else {
            throw TraceFilesError(.noRecorder(reason: "the system gives no thread"), path: target.path)
        }
        self.target = target
        self.ring = ring
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

    /// The step has ended. Allocates: none; waits where the disk is slower than the engine.
    package func commit(_ record: StepRecord) {
        let rows = record.trace.rows.count
        if ring.current.trace.rows.count + rows > target.blockRows { flush() }
        ring.current.trace.append(contentsOf: record.trace)
        summary.tokens += rows
        summary.steps += 1
        summary.sequences = Int(record.sequence) + 1
        summary.choices += rows * target.header.shape.choicesPerRow
        if monotonicNanoseconds() - blockStart >= Self.blockNanoseconds { flush() }
    }

    /// Hands over what there is. Allocates: none.
    package func flush() {
        if !ring.current.trace.rows.isEmpty { ring.handOver() }
        blockStart = monotonicNanoseconds()
    }

    /// Writes the rest, and waits until it is written; nothing can be recorded any more.
    ///
    /// - Throws: what went wrong with the file, `diskFull` above all; the rows until then are in it.
    package func finish() throws(TraceFilesError) -> TraceSummary {
        end()
        let result = ring.result
        if let error = result.error { throw error }
        summary.byteCount = result.byteCount
        return summary
    }

    private func end() {
        guard !isFinished else { return }
        isFinished = true
        flush()
        ring.stop()
        thread.join()
    }
}
