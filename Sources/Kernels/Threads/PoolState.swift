import CKernels
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the threads of a pool share: the current job, its blocks still to take, and where to wait.
///
/// A worker counts itself active, then takes blocks by counting `available` down; the owner
/// publishes a job by storing a positive count and withdraws it by seeing no block left and nobody
/// active. So a block is taken only while its job is published.
@safe final class PoolState: @unchecked Sendable {
    // Unchecked: `job` and `blocks` are written only while `available` is not positive and nobody who saw it
    // positive is active; the mutex and the conditions are made for sharing; the rest is atomic.
    private let available = Atomic<Int>(0)
    private let active = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let ownerParked = Atomic<Bool>(false)
    private let stopped = Atomic<Bool>(false)
    private let busy = Atomic<Bool>(false)
    private let job = UnsafeMutablePointer<PublishedJob?>.allocate(capacity: 1)
    private let blocks = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let workArrived = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let workersDone = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// Pauses before a waiting thread parks: 20 to 60 microseconds on today's processors, longer than the
    /// gaps inside a step and shorter than a scheduler's time slice.
    private static let spinCount = 1500

    init() {
        unsafe job.initialize(to: nil)
        unsafe blocks.initialize(to: 0)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe workArrived.initialize(to: pthread_cond_t())
        unsafe workersDone.initialize(to: pthread_cond_t())
        let results = unsafe [
            pthread_mutex_init(mutex, nil), pthread_cond_init(workArrived, nil),
            pthread_cond_init(workersDone, nil),
        ]
        precondition(results.allSatisfy { $0 == 0 }, "no lock for a thread pool: \(results)")
    }

    deinit {
        unsafe pthread_cond_destroy(workersDone)
        unsafe pthread_cond_destroy(workArrived)
        unsafe pthread_mutex_destroy(mutex)
        unsafe workersDone.deallocate()
        unsafe workArrived.deallocate()
        unsafe mutex.deallocate()
        unsafe blocks.deallocate()
        unsafe job.deallocate()
    }

    // MARK: - The owner

    /// Publishes `job`, takes blocks of it, and returns when all have ended.
    @unsafe func run(_ newJob: PublishedJob, blocks count: Int) {
        let wasBusy = busy.exchange(true, ordering: .acquiring)
        precondition(!wasBusy, "a thread pool runs one job at a time")
        unsafe job.pointee = newJob
        unsafe blocks.pointee = count
        available.store(count, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
            unsafe pthread_mutex_lock(mutex)
            unsafe pthread_cond_broadcast(workArrived)
            unsafe pthread_mutex_unlock(mutex)
        }
        while let block = takeBlock() { unsafe newJob.run(block: block, thread: 0) }
        awaitWorkers()
        busy.store(false, ordering: .releasing)
    }

    private func awaitWorkers() {
        for _ in 0..<Self.spinCount {
            if active.load(ordering: .acquiring) == 0 { return }
            sluice_spin_pause()
        }
        unsafe pthread_mutex_lock(mutex)
        ownerParked.store(true, ordering: .sequentiallyConsistent)
        while active.load(ordering: .sequentiallyConsistent) != 0 {
            unsafe pthread_cond_wait(workersDone, mutex)
        }
        ownerParked.store(false, ordering: .sequentiallyConsistent)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Lets every worker return.
    func stop() {
        unsafe pthread_mutex_lock(mutex)
        stopped.store(true, ordering: .sequentiallyConsistent)
        unsafe pthread_cond_broadcast(workArrived)
        unsafe pthread_mutex_unlock(mutex)
    }

    // MARK: - The workers

    /// Takes blocks of every job until the pool stops.
    func work(thread: Int) {
        while awaitWork() {
            active.add(1, ordering: .sequentiallyConsistent)
            while let block = takeBlock() { unsafe job.pointee?.run(block: block, thread: thread) }
            let left = active.subtract(1, ordering: .sequentiallyConsistent).newValue
            if left == 0, ownerParked.load(ordering: .sequentiallyConsistent) {
                unsafe pthread_mutex_lock(mutex)
                unsafe pthread_cond_signal(workersDone)
                unsafe pthread_mutex_unlock(mutex)
            }
        }
    }

    /// Waits until there is a block to take; false when the pool stops.
    private func awaitWork() -> Bool {
        for _ in 0..<Self.spinCount {
            if available.load(ordering: .acquiring) > 0 { return true }
            sluice_spin_pause()
        }
        unsafe pthread_mutex_lock(mutex)
        sleepers.add(1, ordering: .sequentiallyConsistent)
        while available.load(ordering: .sequentiallyConsistent) <= 0,
            !stopped.load(ordering: .sequentiallyConsistent)
        {
            unsafe pthread_cond_wait(workArrived, mutex)
        }
        sleepers.subtract(1, ordering: .sequentiallyConsistent)
        unsafe pthread_mutex_unlock(mutex)
        return !stopped.load(ordering: .sequentiallyConsistent)
    }

    /// The next block of the published job, ascending.
    private func takeBlock() -> Int? {
        let before = available.subtract(1, ordering: .sequentiallyConsistent).oldValue
        return unsafe before > 0 ? blocks.pointee - before : nil
    }
}
