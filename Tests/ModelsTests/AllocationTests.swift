import CAllocationCounter
import Foundation
import Kernels
import ModelFiles
import Models
import TestSupport
import Testing

/// The step allocates nothing: counted by standing in front of the C library's heap.
///
/// The heap is the whole process's, and other tests run beside this one; the least of several counts is the step's own.
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
        let before = allocation_counter_value()
        let buffer = FloatBuffer(count: 1000)
        #expect(allocation_counter_value() - before >= 1)
        buffer.clear()
    }

    @Test(
        "decode and prefill of the demo model",
        .enabled(if: isOptimised && allocation_counter_works(), reason),
        arguments: [1, 2])
    func demoModel(threads: Int) throws {
        try expectNone(DemoModel.path, threads: threads)
    }

    @Test(
        "decode and prefill of every architecture", .needsSharedFixtures,
        .enabled(if: isOptimised && allocation_counter_works(), reason),
        arguments: ArchitectureOracleTests.checkpoints)
    func architecture(_ name: String) throws {
        try expectNone(try SharedFixtures.path("fixtures/architectures/\(name)"), threads: 1)
    }

    private func expectNone(_ path: String, threads: Int) throws {
        let options = LanguageModel.Options(
            threadCount: threads, maximumRows: 16, contextCapacity: 128, cacheElement: .float16)
        let model = try LanguageModel(file: try ModelFile.open(path), options: options)
        let state = model.makeSequence(capacity: 128)
        let batch = Batch(capacity: 16)
        let prompt = (0..<16).map { TokenID(Int32($0 * 7 + 3)) }
        step(model, batch, state, prompt[...])
        let decode = leastCount { step(model, batch, state, prompt[3..<4]) }
        let prefill = leastCount {
            state.reset()
            step(model, batch, state, prompt[...])
        }
        #expect(
            decode == 0 && prefill == 0,
            "\(decode) allocations in a decode step, \(prefill) in a prefill step")
    }

    private func step(
        _ model: LanguageModel, _ batch: Batch, _ state: SequenceState, _ ids: ArraySlice<TokenID>
    ) {
        batch.reset()
        batch.append(ids, to: state)
        model.forward(batch)
        _ = model.logits(rows: batch.count - 1..<batch.count)
    }

    /// The least number of allocations that any of 50 calls of `body` made.
    private func leastCount(_ body: () -> Void) -> UInt64 {
        var least = UInt64.max
        for _ in 0..<50 {
            let before = allocation_counter_value()
            body()
            least = min(least, allocation_counter_value() - before)
        }
        return least
    }
}
