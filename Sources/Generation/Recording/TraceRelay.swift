import Foundation
import Kernels
package import Residency
import Synchronization
package import TraceFiles

/// The block between the engine, which fills it, and a thread that writes it to the file.
///
/// There is one only. The engine hands it over and goes on computing, but adds no row before it has been
/// written: whoever kills the process loses what is in this block, and no other. A trace with a gap would be
/// worth nothing, so that a disk which is slower than a step holds the engine up. Allocates: once.
package final class TraceRelay: Sendable {
    private let buffer: TraceBuffer
    /// The block was handed over, or nothing more comes.
    private let filled = DispatchSemaphore(value: 0)
    /// The block was written.
    private let written = DispatchSemaphore(value: 0)
    private let isStopped = Atomic<Bool>(false)
    /// Whether the engine has handed the block over and not taken it back; only the engine looks at it.
    private let isHandedOver = Atomic<Bool>(false)
    private let outcome = Mutex(Outcome())

    /// What became of the file.
    package struct Outcome {
        /// Its size.
        package var byteCount = 0
        /// What went wrong with it, first.
        package var error: TraceFilesError?
    }

    /// - Parameter rows: the most that the block holds.
    package init(shape: TraceShape, columns: TraceColumns, rows: Int) {
        buffer = TraceBuffer(shape: shape, columns: columns, rows: rows)
    }

    // MARK: - The engine's side

    /// The block, for the engine to fill. Waits until it has been written, where it was handed over.
    package var current: TraceBuffer {
        if isHandedOver.load(ordering: .relaxed) {
            written.wait()
            isHandedOver.store(false, ordering: .relaxed)
        }
        return buffer
    }

    /// Gives the block to the thread, unless it is there or empty. Allocates: none; waits for nothing.
    package func handOver() {
        guard !isHandedOver.load(ordering: .relaxed), !buffer.trace.rows.isEmpty else { return }
        isHandedOver.store(true, ordering: .relaxed)
        filled.signal()
    }

    /// Lets the thread end once the block has been written.
    package func stop() {
        _ = current
        isStopped.store(true, ordering: .releasing)
        filled.signal()
    }

    /// What became of the file, once the thread has ended.
    package var result: Outcome { outcome.withLock { $0 } }

    // MARK: - The writing thread

    /// Writes the block whenever it comes until the relay is stopped, and the end behind the last. After an
    /// error it goes on to give the block back, so that the engine is not held up by a full disk.
    package func writeAll(_ writer: consuming TraceWriter) {
        var writer = writer
        var error: TraceFilesError?
        while true {
            filled.wait()
            // The engine stops only with the block in its hands.
            if isStopped.load(ordering: .acquiring) { break }
            if error == nil {
                do throws(TraceFilesError) { try writer.appendBlock(buffer.trace) } catch let found {
                    error = found
                }
            }
            buffer.trace.removeAll()
            written.signal()
        }
        if error == nil {
            do throws(TraceFilesError) { try writer.finish() } catch let found { error = found }
        } else {
            writer.abandon()
        }
        let result = Outcome(byteCount: writer.byteCount, error: error)
        outcome.withLock { $0 = result }
    }
}

/// A block on its way.
package final class TraceBuffer: @unchecked Sendable {
    // Unchecked: the relay's semaphores give it to one side at a time, with the order that they imply.
    /// Its rows.
    package var trace: RoutingTrace

    init(shape: TraceShape, columns: TraceColumns, rows: Int) {
        trace = RoutingTrace(shape: shape, columns: columns)
        trace.reserve(rows: rows)
    }
}
