import Foundation
import Kernels
import ModelFiles
import Models
import TestSupport
import Testing

/// Numbers that do not change: neither threads nor the cut of a prompt into steps shows in any bit of the
/// logits.
@Suite("Logits do not depend on threads and chunks")
struct BitIdentityTests {
    /// Threads and tokens per step; the last is the whole prompt at once.
    private static let ways = [1, 2, 3].flatMap { threads in [1, 7, 64, 200].map { (threads, $0) } }

    @Test("the demo model gives the same bits", arguments: [CacheElement.float16, .float32])
    func demoModel(_ cache: CacheElement) throws {
        // Any ids do; these visit all of the vocabulary's range.
        let prompt = (0..<150).map { TokenID(Int32($0 * 2654 % 4093)) }
        try expectSameBits(DemoModel.path, prompt: prompt, cache: cache)
    }

    @Test(
        "every architecture gives the same bits", .needsSharedFixtures,
        arguments: ArchitectureOracleTests.checkpoints)
    func architecture(_ name: String) throws {
        let folder = try SharedFixtures.path("fixtures/architectures/\(name)")
        let reference = try Reference(folder)
        let prompt =
            reference.prompt + reference.greedy.map { TokenID(Int32($0)) } + reference.prompt.reversed()
        try expectSameBits(folder, prompt: prompt, cache: .float32)
    }

    private func expectSameBits(_ path: String, prompt: [TokenID], cache: CacheElement) throws {
        let expected = try ModelRun(path, threads: 1, chunk: prompt.count, cache: cache).logits(prompt)
        for (threads, chunk) in Self.ways {
            let logits = try ModelRun(path, threads: threads, chunk: chunk, cache: cache).logits(prompt)
            let differing = zip(expected, logits).filter { $0.map(\.bitPattern) != $1.map(\.bitPattern) }
                .count
            #expect(
                differing == 0 && logits.count == prompt.count,
                "\(differing) positions differ with \(threads) threads and steps of \(chunk)")
        }
    }
}
