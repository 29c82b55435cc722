/// Work that a pool runs in numbered blocks; equal blocks give equal bits whatever thread takes them.
public protocol ParallelJob {
    /// Runs block `block`; `thread` (0 ..< threadCount) selects per-thread scratch.
    func run(block: Int, thread: Int)
}
