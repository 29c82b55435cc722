import Kernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads by threads that call `pread`: the twin of the ring, for systems without io_uring.
@safe public final class ThreadDevice: ReadDevice {
    public let depth: Int
    private let shared: SharedReads
    private let threads: [SystemThread]

    /// Starts `depth` threads that read `files`; fewer where the system refuses more.
    ///
    /// - Precondition: the system starts at least one.
    public convenience init(files: ReadFiles, depth: Int) {
        self.init(depth: depth) { files.read($0) }
    }

    /// Starts `depth` threads that carry reads out by `read`, which gives the bytes read or minus the error
    /// number.
    init(depth: Int, read: @escaping @Sendable (BlockRead) -> Int) {
        precondition(depth >= 1, "\(depth) threads")
        let shared = SharedReads(capacity: depth, read: read)
        var threads: [SystemThread] = []
        for _ in 0..<depth {
            guard let thread = SystemThread({ shared.work() }) else { break }
            threads.append(thread)
        }
        precondition(!threads.isEmpty, "the system starts no thread")
        self.shared = shared
        self.threads = threads
        self.depth = depth
    }

    deinit {
        shared.stop()
        for thread in threads { thread.join() }
    }

    public func submit(_ read: BlockRead) { shared.submit(read) }

    public func flush() {}

    /// The machine's clock.
    public var nowNanoseconds: Int { Int(monotonicNanoseconds()) }

    public func next(timeoutMicroseconds: Int) -> BlockCompletion? {
        shared.next(timeoutMicroseconds: timeoutMicroseconds)
    }
}

/// The reads of a thread device: two queues under one lock, each with room for all reads under way.
@safe private final class SharedReads: @unchecked Sendable {
    // Unchecked: everything that changes is touched under `mutex`.
    private let read: @Sendable (BlockRead) -> Int
    private let capacity: Int
    private let waiting: UnsafeMutablePointer<BlockRead>
    private let completed: UnsafeMutablePointer<BlockCompletion>
    private var firstWaiting = 0
    private var waitingCount = 0
    private var firstCompleted = 0
    private var completedCount = 0
    private var underWay = 0
    private var isStopped = false
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let submitted = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let finished = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init(capacity: Int, read: @escaping @Sendable (BlockRead) -> Int) {
        self.read = read
        self.capacity = capacity
        unsafe waiting = .allocate(capacity: capacity)
        unsafe completed = .allocate(capacity: capacity)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe submitted.initialize(to: pthread_cond_t())
        unsafe finished.initialize(to: pthread_cond_t())
        let results = unsafe [
            pthread_mutex_init(mutex, nil), pthread_cond_init(submitted, nil),
            pthread_cond_init(finished, nil),
        ]
        precondition(results.allSatisfy { $0 == 0 }, "no lock for reading threads: \(results)")
    }

    deinit {
        unsafe pthread_cond_destroy(finished)
        unsafe pthread_cond_destroy(submitted)
        unsafe pthread_mutex_destroy(mutex)
        unsafe finished.deallocate()
        unsafe submitted.deallocate()
        unsafe mutex.deallocate()
        unsafe completed.deallocate()
        unsafe waiting.deallocate()
    }

    func submit(_ read: BlockRead) {
        unsafe pthread_mutex_lock(mutex)
        precondition(underWay < capacity, "more than \(capacity) reads under way")
        unsafe (waiting + (firstWaiting + waitingCount) % capacity).initialize(to: read)
        waitingCount += 1
        underWay += 1
        unsafe pthread_cond_signal(submitted)
        unsafe pthread_mutex_unlock(mutex)
    }

    func next(timeoutMicroseconds: Int) -> BlockCompletion? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        if completedCount == 0, underWay > 0, timeoutMicroseconds > 0 {
            var deadline = timespec()
            unsafe clock_gettime(CLOCK_REALTIME, &deadline)
            let nanoseconds = Int(deadline.tv_nsec) + timeoutMicroseconds * 1000
            deadline.tv_sec += nanoseconds / 1_000_000_000
            deadline.tv_nsec = nanoseconds % 1_000_000_000
            while completedCount == 0 {
                if unsafe pthread_cond_timedwait(finished, mutex, &deadline) != 0 { break }
            }
        }
        guard completedCount > 0 else { return nil }
        let completion = unsafe completed[firstCompleted]
        firstCompleted = (firstCompleted + 1) % capacity
        completedCount -= 1
        underWay -= 1
        return completion
    }

    /// Reads until the device ends.
    func work() {
        while let next = take() {
            let result = read(next)
            unsafe pthread_mutex_lock(mutex)
            unsafe completed[(firstCompleted + completedCount) % capacity] = BlockCompletion(
                tag: next.tag, result: result)
            completedCount += 1
            unsafe pthread_cond_signal(finished)
            unsafe pthread_mutex_unlock(mutex)
        }
    }

    func stop() {
        unsafe pthread_mutex_lock(mutex)
        isStopped = true
        unsafe pthread_cond_broadcast(submitted)
        unsafe pthread_mutex_unlock(mutex)
    }

    private func take() -> BlockRead? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while waitingCount == 0, !isStopped { unsafe pthread_cond_wait(submitted, mutex) }
        if isStopped { return nil }
        let read = unsafe waiting[firstWaiting]
        firstWaiting = (firstWaiting + 1) % capacity
        waitingCount -= 1
        return read
    }
}
