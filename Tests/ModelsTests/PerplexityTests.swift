import Foundation
import Kernels
import ModelFiles
import Models
import TestSupport
import Testing

/// The demo model on held-out text against llama.cpp: windows of 512 tokens, each fed alone, the last 255
/// scored.
@Suite("Perplexity of the demo model agrees with llama.cpp")
struct PerplexityTests {
    /// A model file, a text, and what `llama-perplexity -c 512 --chunks N` gave for N windows.
    struct Case: Sendable, CustomStringConvertible {
        let model: String
        let text: String
        let windows: Int
        let expected: Double

        var description: String { "\(model) on \(text), \(windows) windows" }
    }

    static let bundledCases = [
        Case(model: "demo-q8_0", text: "story", windows: 60, expected: 26.0155),
        Case(model: "demo-q8_0", text: "code", windows: 60, expected: 11.8890),
    ]

    static let requantizedCases = [
        Case(model: "demo-q4_k_m", text: "story", windows: 60, expected: 26.0976),
        Case(model: "demo-q4_k_m", text: "code", windows: 60, expected: 11.9532),
    ]

    @Test("the bundled model's is within 0.2 %", .needsSharedFixtures, arguments: bundledCases)
    func bundled(_ the: Case) throws { try expectAgreement(the) }

    @Test("so is Q4_K_M's", .needsSharedFixtures, .nightlyOnly, arguments: requantizedCases)
    func requantized(_ the: Case) throws { try expectAgreement(the) }

    private func expectAgreement(_ the: Case) throws {
        let ids = try tokens(the.text, count: the.windows * 512)
        let run = try ModelRun(
            try SharedFixtures.path("demo-model/\(the.model).gguf"), threads: 2, chunk: 512, cache: .float16)
        var surprise = 0.0
        let start = ContinuousClock.now
        for window in 0..<the.windows {
            surprise += try run.surprise(Array(ids[window * 512..<(window + 1) * 512]), from: 257)
        }
        let perplexity = exp(surprise / Double(the.windows * 255))
        let share = perplexity / the.expected - 1
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        Report.line(
            "perplexity of \(the): \(perplexity), \(String(format: "%+.4f", share * 100)) %, \(seconds) s")
        // Both quantize activations to eight bits, each with roundings of its own; figures of one model
        // differ by less than this.
        #expect(abs(share) <= 0.002, "\(perplexity), expected \(the.expected)")
    }

    /// Token ids that training left out, as little-endian 16-bit numbers; equal to the text's tokens.
    private func tokens(_ text: String, count: Int) throws -> [TokenID] {
        let path = try SharedFixtures.path("demo-model/train/eval-\(text).u16")
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        try #require(data.count >= 2 * count)
        return (0..<count).map { TokenID(Int32(data[2 * $0]) | Int32(data[2 * $0 + 1]) << 8) }
    }
}
