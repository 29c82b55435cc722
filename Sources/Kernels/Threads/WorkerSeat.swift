import Synchronization

/// What the owner of a pool and one worker tell each other outside of jobs.
final class WorkerSeat: Sendable {
    /// The worker may hold a block. A hint: jobs end by counting blocks.
    let holdsBlocks = PaddedAtomic(false)
    /// The worker is to take no block, and to park.
    let isResting = PaddedAtomic(false)
    /// The owner's note that it parked for this worker.
    let isAwaited = Atomic<Bool>(false)
}
