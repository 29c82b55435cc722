import ModelFiles
import Models
import TestSupport
import Testing

/// The checkpoints again, through GGUF files that our own converter writes.
@Suite(
    "Converted checkpoints agree with transformers", .needsSharedFixtures,
    .enabled(if: Converter.isAvailable, "no python3 with the package gguf: pip install gguf"))
struct ConvertedModelTests {
    static let checkpoints = ArchitectureOracleTests.checkpoints
    static let latent = checkpoints.filter { $0.hasPrefix("deepseek") }

    @Test("a converted checkpoint gives the reference's tokens and logits", arguments: checkpoints)
    func converted(_ name: String) throws { try expectAgreement(name, options: []) }

    @Test("split over several files it gives the same", arguments: checkpoints.prefix(2))
    func split(_ name: String) throws { try expectAgreement(name, options: ["--split-tensors", "20"]) }

    @Test("latent attention in its older form gives the same", arguments: latent)
    func olderLatentAttention(_ name: String) throws { try expectAgreement(name, options: ["--kv-b"]) }

    private func expectAgreement(_ name: String, options: [String]) throws {
        let folder = try SharedFixtures.path("fixtures/architectures/\(name)")
        let agreement = try Converter.converted(folder, options: options) { path in
            try Agreement(path, try Reference(folder))
        }
        Report.line("converted \(name) \(options.joined(separator: " ")): \(agreement)")
        #expect(agreement.holds, "\(agreement)")
    }

    @Test(
        "weights in fewer bits keep the likelihood near the reference's",
        arguments: [
            ("bf16", 1e-3), ("f16", 1e-4), ("q8_0", 1e-2), ("q5_1", 5e-2), ("q4_0", 5e-2), ("mxfp4", 5e-2),
        ])
    func quantized(_ type: String, bound: Double) throws {
        // Four to ten times what was measured; with random weights a choice of experts flips easily.
        let folder = try SharedFixtures.path("fixtures/architectures/qwen3_moe")
        let agreement = try Converter.converted(folder, options: ["--type", type]) { path in
            try Agreement(path, try Reference(folder))
        }
        Report.line("converted qwen3_moe --type \(type): \(agreement)")
        #expect(abs(agreement.nllDifference) <= bound, "\(agreement)")
    }
}
