/// A fixed set of threads that take the blocks of a job by an atomic counter.
///
/// The caller of `run` is thread 0; the others are started here and joined by `deinit`.
/// Between jobs they spin for a fraction of a millisecond and then park, so an idle pool costs nothing. A
/// thread whose core somebody else uses, so that the others wait for it, is left out of jobs for a while.
public final class ThreadPool: Sendable {
    /// Threads that take blocks, the caller of `run` included. Less than
    /// asked for where the system refused to start more.
    public let threadCount: Int
    private let state: PoolState
    private let threads: [SystemThread]

    public init(threadCount: Int) {
        precondition(threadCount >= 1, "\(threadCount) threads")
        let state = PoolState(workers: threadCount - 1)
        var threads: [SystemThread] = []
        for index in 1..<max(threadCount, 1) {
            guard let thread = SystemThread({ state.work(thread: index) }) else { break }
            threads.append(thread)
        }
        self.state = state
        self.threads = threads
        self.threadCount = threads.count + 1
    }

    deinit {
        state.stop()
        for thread in threads { thread.join() }
    }

    /// Runs all blocks of `job` and returns when the last has ended. Allocates: none.
    ///
    /// - Precondition: no other `run` of this pool is under way,
    ///   neither on another thread nor around this call.
    public func run(_ job: some ParallelJob, blocks: Int) {
        precondition(blocks >= 0, "\(blocks) blocks")
        guard threadCount > 1, blocks > 1 else {
            for block in 0..<blocks { job.run(block: block, thread: 0) }
            return
        }
        unsafe withUnsafePointer(to: job) { pointer in
            unsafe state.run(PublishedJob(pointer), blocks: blocks)
        }
    }
}

/// Work that a pool runs in numbered blocks; equal blocks give equal bits whatever thread takes them.
public protocol ParallelJob {
    /// Runs block `block`; `thread` (0 ..< threadCount) selects per-thread scratch.
    func run(block: Int, thread: Int)
}
