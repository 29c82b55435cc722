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
        // Halves keep 11 bits: keys and values are off by 5e-4 relative, and a few layers multiply that.
        #expect(abs(half.nllDifference) <= 1e-2 && half.logitDifference <= 5e-2, "\(half)")
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
