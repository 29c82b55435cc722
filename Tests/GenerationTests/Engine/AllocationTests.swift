import CAllocationCounter
import Generation
import Kernels
import ModelFiles
import Models
import TestSupport
import Testing

/// Choosing a token allocates nothing, and neither does what the engine adds to the model's step.
@Suite("Generation allocates nothing per token", .serialized)
struct AllocationTests {
    #if DEBUG
    static let isOptimised = false
    #else
    static let isOptimised = true
    #endif

    static let reason: Comment =
        "counting needs glibc, and unoptimised Swift allocates where optimised Swift does not"

    @Test(
        "a decode step with sampling and penalties",
        .enabled(if: isOptimised && allocation_counter_works(), reason), arguments: [false, true])
    func decode(isRecorded: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/decode.sltrace"
        let file = try ModelFile.open(BundledModel.path())
        let modelOptions = LanguageModel.Options(
            threadCount: 1, maximumRows: 1, contextCapacity: 64, cacheElement: .float16)
        let core = try EngineCore(
            file: file, tokenizer: nil, options: modelOptions,
            trace: isRecorded ? try TraceTarget.test(file, path, modelOptions) : nil)
        var options = SamplingOptions()
        options.penalties.repetition = 1.1
        options.penalties.window = 8
        var sampler = Sampler(
            options: options, vocabularySize: core.model.shape.vocabularySize, contextCapacity: 64)
        let cancellation = CancellationFlag()
        var token = TokenID(5)
        var counts: [UInt64] = []
        counts.reserveCapacity(16)
        for position in 0..<16 {
            let before = allocation_counter_thread_value()
            _ = try core.forward(token, unless: cancellation)
            token = sampler.choose(from: core.model.logits(rows: 0..<1), position: position) ?? token
            sampler.accept(token)
            counts.append(allocation_counter_thread_value() - before)
        }
        #expect(counts.dropFirst().allSatisfy { $0 == 0 }, "\(counts)")
        #expect(try core.finishTrace()?.tokens == (isRecorded ? 16 : nil))
    }
}
