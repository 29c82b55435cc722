import Foundation
import Kernels
import Synchronization
import Testing

@Suite("The thread pool")
struct ThreadPoolTests {
    /// Counts how often each block ran, and on which threads.
    @safe private struct CountingJob: ParallelJob {
        let counts: UnsafeMutablePointer<Int>
        let threads: UnsafeMutablePointer<Int>
        let microseconds: UInt32

        func run(block: Int, thread: Int) {
            unsafe counts[block] += 1
            unsafe threads[thread] += 1
            if microseconds > 0 { usleep(microseconds) }
        }
    }

    /// Runs jobs of every count in `blocks` and checks that each block ran once.
    private static func run(_ pool: ThreadPool, blocks: [Int], microseconds: UInt32 = 0) -> [Int] {
        let most = max(blocks.max() ?? 0, 1)
        let counts = UnsafeMutablePointer<Int>.allocate(capacity: most)
        let threads = UnsafeMutablePointer<Int>.allocate(capacity: pool.threadCount)
        unsafe threads.initialize(repeating: 0, count: pool.threadCount)
        defer {
            unsafe counts.deallocate()
            unsafe threads.deallocate()
        }
        for count in blocks {
            unsafe counts.initialize(repeating: 0, count: most)
            unsafe pool.run(
                CountingJob(counts: counts, threads: threads, microseconds: microseconds), blocks: count)
            for block in 0..<most {
                let (ran, expected) = (unsafe counts[block], block < count ? 1 : 0)
                if ran != expected { Issue.record("block \(block) of \(count) ran \(ran) times") }
            }
        }
        return (0..<pool.threadCount).map { unsafe threads[$0] }
    }

    @Test("runs every block once, whatever the threads and blocks", arguments: [1, 2, 3, 8])
    func runsEveryBlock(threads: Int) {
        let pool = ThreadPool(threadCount: threads)
        #expect(pool.threadCount == threads)
        let ran = Self.run(pool, blocks: [0, 1, 2, 3, 7, 64, 1000])
        #expect(ran.reduce(0, +) == 1077)
    }

    @Test("survives many short jobs, more threads than cores, and pauses long enough to park")
    func stress() {
        let pool = ThreadPool(threadCount: 6)
        for round in 0..<40 {
            _ = Self.run(pool, blocks: (0..<100).map { ($0 * 7 + round) % 13 })
            if round % 10 == 0 { usleep(2000) }
        }
    }

    @Test("lets other threads take blocks where the first is slow")
    func sharesWork() {
        let pool = ThreadPool(threadCount: 2)
        let ran = Self.run(pool, blocks: [40], microseconds: 1000)
        #expect(ran[0] > 0 && ran[1] > 0, "\(ran)")
    }

    @Test("starts and ends many times without a job, with one, and while parked")
    func startsAndEnds() {
        for round in 0..<50 {
            let pool = ThreadPool(threadCount: 3)
            if round % 2 == 0 { _ = Self.run(pool, blocks: [5]) }
            if round % 10 == 0 { usleep(1000) }
        }
    }

    /// Notes the processor time that each thread has used when it takes its first and its last block.
    @safe private struct ClockJob: ParallelJob {
        let first: UnsafeMutablePointer<Double>
        let last: UnsafeMutablePointer<Double>

        func run(block: Int, thread: Int) {
            var time = timespec()
            guard unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return }
            let seconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
            if unsafe first[thread] == 0 { unsafe first[thread] = seconds }
            unsafe last[thread] = seconds
            usleep(5000)
        }
    }

    @Test("parks its threads while nobody has work for them")
    func parks() {
        let pool = ThreadPool(threadCount: 3)
        let times = UnsafeMutablePointer<Double>.allocate(capacity: 12)
        defer { unsafe times.deallocate() }
        // On a crowded machine a thread may get no block of a job; then there is nothing to compare yet.
        for _ in 0..<30 {
            unsafe times.initialize(repeating: 0, count: 12)
            unsafe pool.run(ClockJob(first: times, last: times + 3), blocks: 9)
            usleep(300_000)
            unsafe pool.run(ClockJob(first: times + 6, last: times + 9), blocks: 9)
            let workers = (1..<3).filter { unsafe times[3 + $0] > 0 && times[6 + $0] > 0 }
            if workers.isEmpty { continue }
            // A thread that spun all the time would have used 0.3 s.
            for thread in workers { #expect(unsafe times[6 + thread] - times[3 + thread] < 0.03) }
            return
        }
        Issue.record("no worker took part in two jobs, 30 times")
    }

    /// One thread sleeps long in its first block, the others briefly in each of theirs.
    @safe private struct UnevenJob: ParallelJob {
        let counts: UnsafeMutablePointer<Int>
        let late: Int
        let lateMicroseconds: UInt32

        func run(block: Int, thread: Int) {
            let isLate = unsafe thread == late && counts[thread] == 0
            unsafe counts[thread] += 1
            usleep(isLate ? lateMicroseconds : 100)
        }
    }

    /// Blocks per thread of a job of 16 in which the first block of `late` takes `lateMicroseconds`.
    private static func runUneven(_ pool: ThreadPool, late: Int, lateMicroseconds: UInt32) -> [Int] {
        let counts = UnsafeMutablePointer<Int>.allocate(capacity: pool.threadCount)
        defer { unsafe counts.deallocate() }
        unsafe counts.initialize(repeating: 0, count: pool.threadCount)
        unsafe pool.run(
            UnevenJob(counts: counts, late: late, lateMicroseconds: lateMicroseconds), blocks: 16)
        return (0..<pool.threadCount).map { unsafe counts[$0] }
    }

    @Test(
        "leaves a thread that kept the others waiting out of the next job, and takes it back",
        arguments: [0, 1])
    func restsAndReturns(late: Int) {
        let pool = ThreadPool(threadCount: 2)
        // On a crowded machine the rest may be over before the next job begins; it gets longer every time.
        let isLeftOut = (0..<20).contains { _ in
            _ = Self.runUneven(pool, late: late, lateMicroseconds: 30_000)
            return Self.runUneven(pool, late: late, lateMicroseconds: 100)[1] == 0
        }
        #expect(isLeftOut)
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(20)
        var returned = false
        while !returned, clock.now < deadline {
            returned = Self.runUneven(pool, late: late, lateMicroseconds: 100)[1] > 0
        }
        #expect(returned)
    }
}
