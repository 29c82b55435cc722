import Foundation
import Kernels
import ModelFiles
import Models
import TestSupport
import Testing

/// Every shared fixture against transformers' results on it.
@Suite("Architectures agree with transformers")
struct ArchitectureOracleTests {
    static let checkpoints = known(SharedFixtures.names(in: "fixtures/architectures"))
    static let ggufs = known(
        SharedFixtures.names(in: "fixtures/gguf").filter { $0.hasSuffix(".gguf") }.map {
            String($0.dropLast(5))
        })

    private static func known(_ names: [String]) -> [String] {
        names.filter { name in ArchitectureRegistry.all.contains { $0.name == name } }
    }

    @Test(
        "a safetensors checkpoint gives the reference's tokens and logits", .needsSharedFixtures,
        arguments: checkpoints)
    func checkpoint(_ name: String) throws {
        let folder = try SharedFixtures.path("fixtures/architectures/\(name)")
        let agreement = try Agreement(folder, try Reference(folder))
        Report.line("checkpoint \(name), f32 cache: \(agreement)")
        #expect(agreement.holds, "\(agreement)")
        let half = try Agreement(folder, try Reference(folder), cache: .float16)
        Report.line("checkpoint \(name), f16 cache: \(half)")
        // Halves keep 11 bits, so a key or value is off by at most 2^-11 = 5e-4 of itself, and these errors
        // mostly cancel in the sums of attention; so the bounds of the exact cache leave room. Measured:
        // up to 2.1e-5 for the likelihood (PhiMoE) and 4.9e-4 for a logit (Qwen3-Next).
        #expect(half.holds, "\(half)")
    }

    @Test("a GGUF file from llama.cpp's converter gives the same", .needsSharedFixtures, arguments: ggufs)
    func gguf(_ name: String) throws {
        let file = try SharedFixtures.path("fixtures/gguf/\(name).gguf")
        let folder = try SharedFixtures.path("fixtures/architectures/\(name)")
        let agreement = try Agreement(file, try Reference(folder))
        Report.line("GGUF \(name), f32 cache: \(agreement)")
        #expect(agreement.holds, "\(agreement)")
    }
}
