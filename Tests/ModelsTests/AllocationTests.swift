import CAllocationCounter
import ExpertStorage
import Foundation
import Kernels
import ModelFiles
import Models
import Residency
import TestSupport
import Testing

/// The step allocates nothing: counted by standing in front of the C library's heap.
///
/// The calling thread does everything but the kernels of further threads, so its own count is the step's. For
/// the pool's threads the process is counted; other tests run beside this one, so the least of many counts
/// has to be none.
@Suite("A step allocates nothing", .serialized)
struct AllocationTests {
    #if DEBUG
    static let isOptimised = false
    #else
    static let isOptimised = true
    #endif

    static let reason: Comment =
        "counting needs glibc, and unoptimised Swift allocates where optimised Swift does not"

    @Test("the counter counts", .enabled(if: allocation_counter_works(), reason))
    func counterCounts() {
        let before = (allocation_counter_thread_value(), allocation_counter_process_value())
        let buffer = FloatBuffer(count: 1000)
        #expect(allocation_counter_thread_value() - before.0 >= 1)
        #expect(allocation_counter_process_value() - before.1 >= 1)
        buffer.clear()
    }

    @Test(
        "decode and prefill of the demo model",
        .enabled(if: isOptimised && allocation_counter_works(), reason),
        arguments: [1, 2], [false, true])
    func demoModel(threads: Int, isRecorded: Bool) throws {
        try expectNone(DemoModel.path, threads: threads, isRecorded: isRecorded)
    }

    @Test(
        "decode and prefill of every architecture", .needsSharedFixtures,
        .enabled(if: isOptimised && allocation_counter_works(), reason),
        arguments: ArchitectureOracleTests.checkpoints)
    func architecture(_ name: String) throws {
        try expectNone(try SharedFixtures.path("fixtures/architectures/\(name)"), threads: 1)
    }

    @Test(
        "decode and prefill with experts in slots, whether they are there or have to be read",
        .enabled(if: isOptimised && allocation_counter_works(), reason), arguments: ReadMethod.allCases)
    func slots(method: ReadMethod) throws {
        let needs = try ModelNeeds(file: try ModelFile.open(DemoModel.path))
        for (share, isGlobal) in [(0.3, false), (0.1, true), (1.0, false)] {
            let way = StreamedWay(
                share: share, policy: PolicyRegistry.entries[0], method: method, threads: 1,
                isGlobal: isGlobal, rows: 16, guessAreas: isGlobal ? 0 : 2)
            let counters = try #require(
                try expectNone(
                    DemoModel.path, threads: 1, streaming: way.options(needs), isRecorded: share < 1))
            #expect(counters.cache.hits > 300)
            // With a slot for every expert each is read once.
            let experts = needs.expertLayerCount * needs.shape.expertCount
            #expect(share < 1 ? counters.cache.misses > experts : counters.cache.misses <= experts)
        }
    }

    @Test(
        "decode and prefill with experts that are joined from the two parts of their records",
        .enabled(if: isOptimised && allocation_counter_works(), reason))
    func progressive() throws {
        let folder = try TemporaryFolder()
        let path = try PackedModelTests.progressive(DemoModel.path, in: folder)
        let way = StreamedWay(
            share: 0.3, policy: PolicyRegistry.entries[0], method: .directThreads, threads: 1,
            isGlobal: false, rows: 16, guessAreas: 2)
        let needs = try ModelNeeds(file: try ModelFile.open(path))
        let counters = try #require(try expectNone(path, threads: 1, streaming: way.options(needs)))
        #expect(counters.cache.misses > needs.expertLayerCount * needs.shape.expertCount)
    }

    /// - Returns: what streaming did.
    @discardableResult
    private func expectNone(
        _ path: String, threads: Int, streaming: StreamingOptions? = nil, isRecorded: Bool = false
    ) throws -> StreamingCounters? {
        var options = LanguageModel.Options(
            threadCount: threads, maximumRows: 16, contextCapacity: 128, cacheElement: .float16)
        options.streaming = streaming
        options.recordsSteps = isRecorded
        options.recordedDistances = isRecorded && streaming == nil ? 2 : 0
        let model = try LanguageModel(file: try ModelFile.open(path), options: options)
        let state = model.makeSequence(capacity: 128)
        let batch = Batch(capacity: 16)
        let prompt = (0..<16).map { TokenID(Int32($0 * 7 + 3)) }
        try step(model, batch, state, prompt[...])
        // The first step of one row is the first that predicts: what the language sets up then, it keeps.
        try step(model, batch, state, prompt[2..<3])
        // Reads take their time: fewer steps, with as many misses as there are experts.
        let calls = streaming == nil ? 60 : 12
        let most = threads > 1 ? 50 * calls : calls
        let decode = try count(calls, atMost: most) { try step(model, batch, state, prompt[3..<4]) }
        let prefill = try count(calls, atMost: most) {
            state.reset()
            try step(model, batch, state, prompt[...])
        }
        #expect(
            decode.thread == 0 && prefill.thread == 0,
            "\(decode) in decode steps, \(prefill) in prefill steps")
        if threads > 1 {
            #expect(decode.least == 0 && prefill.least == 0, "\(decode) in decode, \(prefill) in prefill")
        }
        return model.streamingCounters
    }

    private func step(
        _ model: LanguageModel, _ batch: Batch, _ state: SequenceState, _ ids: ArraySlice<TokenID>
    ) throws {
        batch.reset()
        batch.append(ids, to: state)
        try model.forward(batch)
        _ = model.logits(rows: batch.count - 1..<batch.count)
    }

    /// What `calls` of `body` allocated on this thread, and the least that one of them did in the process.
    ///
    /// Other tests allocate in the same process: where each call had some beside it, more calls follow. One
    /// that allocates by itself always has.
    private func count(
        _ calls: Int, atMost most: Int, _ body: () throws -> Void
    ) rethrows -> (thread: UInt64, least: UInt64) {
        var least = UInt64.max
        let thread = allocation_counter_thread_value()
        for call in 0..<most where call < calls || least > 0 {
            let before = allocation_counter_process_value()
            try body()
            least = min(least, allocation_counter_process_value() - before)
        }
        return (allocation_counter_thread_value() - thread, least)
    }
}
