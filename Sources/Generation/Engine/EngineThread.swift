import Foundation
import Synchronization

/// The one thread on which a model's generation runs: the executor of its actor.
///
/// Jobs run one after the other in the order in which they came. A thread of its own, because a decode step
/// must neither wait for Swift's shared pool nor block it.
final class EngineThread: SerialExecutor {
    private let queue = JobQueue()

    /// Starts the thread; it ends with `stop`.
    init(name: String) {
        let queue = queue
        let thread = Thread { queue.runUntilStopped() }
        thread.name = name
        // Arguments and locals of the step are small; 8 MiB is what a main thread has.
        thread.stackSize = 8 << 20
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        unsafe queue.append(UnownedJob(job), executor: asUnownedSerialExecutor())
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    /// Lets the thread end once its jobs are done. Runs on: any thread, the engine thread included.
    func stop() { queue.stop() }
}

/// The jobs that wait for the engine thread.
private final class JobQueue: Sendable {
    // Unchecked: an executor reference is only passed on; the actor that owns the executor outlives its jobs.
    @safe private struct Entry: @unchecked Sendable {
        let job: UnownedJob
        let executor: UnownedSerialExecutor
    }

    private struct Contents {
        var entries: [Entry] = []
        var isStopped = false
    }

    private let contents = Mutex(Contents())
    private let arrivals = DispatchSemaphore(value: 0)

    func append(_ job: UnownedJob, executor: UnownedSerialExecutor) {
        let entry = unsafe Entry(job: job, executor: executor)
        contents.withLock { $0.entries.append(entry) }
        arrivals.signal()
    }

    func stop() {
        contents.withLock { $0.isStopped = true }
        arrivals.signal()
    }

    func runUntilStopped() {
        while true {
            arrivals.wait()
            let (entry, isStopped) = contents.withLock { contents in
                (contents.entries.isEmpty ? nil : contents.entries.removeFirst(), contents.isStopped)
            }
            if let entry {
                unsafe entry.job.runSynchronously(on: entry.executor)
            } else if isStopped {
                return
            }
        }
    }
}
