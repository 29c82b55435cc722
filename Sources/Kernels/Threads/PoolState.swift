import CKernels
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the threads of a pool share: the current job, its blocks still to take, and where to wait.
///
/// The owner publishes a job by storing a positive count of blocks; whoever counts it down from a positive
/// value has a block, and adds what it has run to `finished`; the job has ended when that accounts for every
/// block. So a job is read only by threads that hold a block of it, and waits for no thread that holds none.
@safe final class PoolState: @unchecked Sendable {
    // Unchecked: `job` and `blocks` are written only while no block of a job is left or held; `plan` is the
    // owner's alone; the mutex and the conditions are made for sharing; the rest is atomic.
    private let available = PaddedAtomic(0)
    private let finished = PaddedAtomic(0)
    private let sleepers = PaddedAtomic(0)
    /// A job is under way.
    private let busy = PaddedAtomic(false)
    /// Since when a worker has had nothing left to take of the job under way; 0 when none parked over it.
    private let awaitedSince = PaddedAtomic(UInt64(0))
    private let ownerParked = Atomic<Bool>(false)
    private let stopped = Atomic<Bool>(false)
    private let seats: [WorkerSeat]
    private var plan = RestPlan()
    private let job = UnsafeMutablePointer<PublishedJob?>.allocate(capacity: 1)
    private let blocks = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let workArrived = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let workersDone = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// How long a worker looks for work before it parks: longer than the serial parts of a step, since a
    /// parked thread takes 30 to 60 microseconds to come back, and short against a scheduler's slice.
    private static let workerSpin: UInt64 = 200_000
    /// How long the owner waits for blocks in other hands before it parks. Longer than a block takes; and if
    /// their thread was preempted, the owner's core is the one that it can go on with.
    private static let ownerSpin: UInt64 = 100_000
    /// Pauses between two looks at the clock: one to three microseconds.
    private static let pausesPerLook = 64

    /// - Parameter workers: threads that will call `work`, at most.
    init(workers: Int) {
        seats = (0..<workers).map { _ in WorkerSeat() }
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
        let wasBusy = busy.value.exchange(true, ordering: .acquiring)
        precondition(!wasBusy, "a thread pool runs one job at a time")
        let begin = monotonicNanoseconds()
        let returning = plan.isOver(now: begin)
        if returning { for seat in seats { seat.isResting.value.store(false, ordering: .relaxed) } }
        unsafe job.pointee = newJob
        unsafe blocks.pointee = count
        finished.value.store(0, ordering: .relaxed)
        available.value.store(count, ordering: .sequentiallyConsistent)
        if sleepers.value.load(ordering: .sequentiallyConsistent) > 0 || returning { wakeWorkers() }
        let own = runBlocks(thread: 0)
        awaitBlocks(count - own, begin: begin)
        busy.value.store(false, ordering: .releasing)
    }

    private func wakeWorkers() {
        unsafe pthread_mutex_lock(mutex)
        unsafe pthread_cond_broadcast(workArrived)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Waits until the workers have run `count` blocks; whoever was late, owner or worker, has a consequence.
    private func awaitBlocks(_ count: Int, begin: UInt64) {
        if spin(forBlocks: count) { return judgeOwner(begin: begin) }
        let start = monotonicNanoseconds()
        while monotonicNanoseconds() - start < Self.ownerSpin {
            if spin(forBlocks: count) { return }
        }
        for seat in seats {
            seat.isAwaited.store(seat.holdsBlocks.value.load(ordering: .relaxed), ordering: .relaxed)
        }
        park(forBlocks: count)
        awaitedSince.value.store(0, ordering: .relaxed)
        let now = monotonicNanoseconds()
        guard RestPlan.isLate(begin: begin, start: start, now: now) else { return }
        plan.add(now: now)
        for seat in seats where seat.isAwaited.load(ordering: .relaxed) { rest(seat) }
    }

    /// Whether the workers have run `count` blocks, now or soon.
    private func spin(forBlocks count: Int) -> Bool {
        for _ in 0..<Self.pausesPerLook {
            if finished.value.load(ordering: .acquiring) == count { return true }
            sluice_spin_pause()
        }
        return false
    }

    private func park(forBlocks count: Int) {
        unsafe pthread_mutex_lock(mutex)
        ownerParked.store(true, ordering: .sequentiallyConsistent)
        while finished.value.load(ordering: .sequentiallyConsistent) != count {
            unsafe pthread_cond_wait(workersDone, mutex)
        }
        ownerParked.store(false, ordering: .sequentiallyConsistent)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Sends a worker to rest where workers have waited in vain for the owner: another process uses the
    /// owner's core, and the owner can have the worker's.
    private func judgeOwner(begin: UInt64) {
        let since = awaitedSince.value.load(ordering: .relaxed)
        guard since != 0 else { return }
        awaitedSince.value.store(0, ordering: .relaxed)
        let now = monotonicNanoseconds()
        guard RestPlan.isLate(begin: begin, start: max(since, begin), now: now) else { return }
        plan.add(now: now)
        if let seat = seats.last(where: { !$0.isResting.value.load(ordering: .relaxed) }) { rest(seat) }
    }

    private func rest(_ seat: WorkerSeat) { seat.isResting.value.store(true, ordering: .relaxed) }

    /// Lets every worker return.
    func stop() {
        unsafe pthread_mutex_lock(mutex)
        stopped.store(true, ordering: .sequentiallyConsistent)
        unsafe pthread_cond_broadcast(workArrived)
        unsafe pthread_mutex_unlock(mutex)
    }

    // MARK: - The workers

    /// Takes blocks of every job until the pool stops. Thread 0 is the owner.
    func work(thread: Int) {
        let seat = seats[thread - 1]
        while awaitWork(seat) {
            seat.holdsBlocks.value.store(true, ordering: .relaxed)
            let own = runBlocks(thread: thread)
            seat.holdsBlocks.value.store(false, ordering: .relaxed)
            guard own > 0 else { continue }
            finished.value.add(own, ordering: .sequentiallyConsistent)
            if ownerParked.load(ordering: .sequentiallyConsistent) {
                unsafe pthread_mutex_lock(mutex)
                unsafe pthread_cond_signal(workersDone)
                unsafe pthread_mutex_unlock(mutex)
            }
        }
    }

    /// Waits until there is a block to take; false when the pool stops.
    private func awaitWork(_ seat: WorkerSeat) -> Bool {
        let start = monotonicNanoseconds()
        repeat {
            if seat.isResting.value.load(ordering: .relaxed) { break }
            for _ in 0..<Self.pausesPerLook {
                if available.value.load(ordering: .relaxed) > 0 { return true }
                sluice_spin_pause()
            }
        } while monotonicNanoseconds() - start < Self.workerSpin
        return parkForWork(seat, since: start)
    }

    private func parkForWork(_ seat: WorkerSeat, since start: UInt64) -> Bool {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        if busy.value.load(ordering: .relaxed), !seat.isResting.value.load(ordering: .relaxed) {
            awaitedSince.value.store(start, ordering: .relaxed)
        }
        while !stopped.load(ordering: .sequentiallyConsistent) {
            if seat.isResting.value.load(ordering: .relaxed) {
                unsafe pthread_cond_wait(workArrived, mutex)
                continue
            }
            // First counted, then looked: the owner publishes first and then looks for sleepers.
            sleepers.value.add(1, ordering: .sequentiallyConsistent)
            let isThere = available.value.load(ordering: .sequentiallyConsistent) > 0
            if !isThere { unsafe pthread_cond_wait(workArrived, mutex) }
            sleepers.value.subtract(1, ordering: .sequentiallyConsistent)
            if isThere {
                awaitedSince.value.store(0, ordering: .relaxed)
                return true
            }
        }
        return false
    }

    // MARK: - Both

    /// Takes and runs blocks of the published job until none is left; returns how many.
    private func runBlocks(thread: Int) -> Int {
        var count = 0
        while true {
            let before = available.value.subtract(1, ordering: .acquiring).oldValue
            guard before > 0 else { return count }
            unsafe job.pointee?.run(block: blocks.pointee - before, thread: thread)
            count += 1
        }
    }
}
