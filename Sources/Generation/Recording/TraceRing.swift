import Foundation
import Kernels
import Residency
import Synchronization
import TraceFiles

/// The blocks between the engine, which fills them, and a thread that writes them to the file.
///
/// The engine owns one block, the thread those that were handed over and not given back. Where all are handed
/// over the engine waits: a trace with a gap would be worth nothing, and a slow disk shows. Allocates: once.
final class TraceRing: Sendable {
    /// One that is filled, one that is written, and one for a disk that is slow now and then.
    static let bufferCount = 3

    private let buffers: [TraceBuffer]
    /// Blocks that were handed over.
    private let filled = DispatchSemaphore(value: 0)
    /// Blocks that were given back.
    private let free = DispatchSemaphore(value: TraceRing.bufferCount - 1)
    private let isStopped = Atomic<Bool>(false)
    private let handedOver = Atomic<Int>(0)
    private let outcome = Mutex(Outcome())

    /// What became of the file.
    struct Outcome {
        var byteCount = 0
        var error: TraceFilesError?
    }

    /// - Parameter rows: the most that a block holds.
    init(shape: TraceShape, columns: TraceColumns, rows: Int) {
        buffers = (0..<Self.bufferCount).map { _ in
            TraceBuffer(shape: shape, columns: columns, rows: rows)
        }
    }

    // MARK: - The engine's side

    /// The block that the engine owns.
    var current: TraceBuffer { buffers[handedOver.load(ordering: .relaxed) % buffers.count] }

    /// Gives the engine's block to the thread, and waits for another one. Allocates: none.
    func handOver() {
        handedOver.add(1, ordering: .releasing)
        filled.signal()
        free.wait()
    }

    /// Lets the thread end once everything is written.
    func stop() {
        isStopped.store(true, ordering: .releasing)
        filled.signal()
    }

    /// What became of the file, once the thread has ended.
    var result: Outcome { outcome.withLock { $0 } }

    // MARK: - The writing thread

    /// Writes blocks until the ring is stopped, and the end behind the last. After an error it goes on to
    /// give blocks back, so that the engine is not held up by a full disk.
    func writeAll(_ writer: consuming TraceWriter) {
        var writer = writer
        var error: TraceFilesError?
        var written = 0
        while true {
            filled.wait()
            if written == handedOver.load(ordering: .acquiring) {
                if isStopped.load(ordering: .acquiring) { break }
                continue
            }
            let buffer = buffers[written % buffers.count]
            if error == nil {
                do throws(TraceFilesError) { try writer.appendBlock(buffer.trace) } catch let found {
                    error = found
                }
            }
            buffer.trace.removeAll()
            written += 1
            free.signal()
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
final class TraceBuffer: @unchecked Sendable {
    // Unchecked: the ring's counts give it to one side at a time, with the order that they imply.
    var trace: RoutingTrace

    init(shape: TraceShape, columns: TraceColumns, rows: Int) {
        trace = RoutingTrace(shape: shape, columns: columns)
        trace.reserve(rows: rows)
    }
}
