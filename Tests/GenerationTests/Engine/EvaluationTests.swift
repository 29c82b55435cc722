import Foundation
import Generation
import Kernels
import ModelFiles
import Synchronization
import Testing
import Tokenization

@Suite("Evaluation")
struct EvaluationTests {
    /// Collects logits as they come.
    private final class Collector: Sendable {
        let rows = Mutex<[[Float]]>([])

        func append(_ logits: FloatMatrix) {
            rows.withLock { rows in
                for row in 0..<logits.rows { rows.append((0..<logits.columns).map { logits[row, $0] }) }
            }
        }
    }

    @Test(
        "the score is that of the logits, in windows of their own, whatever the chunks",
        arguments: [1, 5, 64])
    func score(rows: Int) async throws {
        let model = try await DemoModel(rows: rows)
        let tokens = try model.tokenizer.encode(String(repeating: EngineTests.prompt + ". ", count: 4))
        let collector = Collector()
        var request = EvaluationRequest(windows: [Array(tokens[..<20]), Array(tokens[20..<50])])
        request.wantsArgmax = true
        request.logitSink = { collector.append($0) }
        let summary = try await run(request, model)
        let logits = collector.rows.withLock { $0 }
        #expect(logits.count == 50 && summary.argmax.count == 50)
        #expect(summary.tokensScored == 19 + 29)
        var nats = 0.0
        for position in 0..<49 where position != 19 {
            let row = logits[position].map(Double.init)
            let largest = row.max() ?? 0
            let sum = row.reduce(0) { $0 + exp($1 - largest) }
            nats += largest + log(sum) - row[Int(tokens[position + 1].rawValue)]
        }
        // The same sums in the same order: only the last bits may differ.
        #expect(abs(summary.totalNats - nats) < 1e-9)
        let expected = logits.map { row in TokenID(Int32(row.firstIndex(of: row.max() ?? 0) ?? 0)) }
        #expect(summary.argmax == expected)
    }

    @Test("the second half is what a window's later positions predict")
    func secondHalf() async throws {
        let model = try await DemoModel()
        let tokens = Array(
            try model.tokenizer.encode(String(repeating: EngineTests.prompt, count: 3)).prefix(32))
        var request = EvaluationRequest(windows: [tokens])
        request.scoresSecondHalf = true
        // Of 512 tokens the last 255: of 32 the last 15.
        #expect(try await run(request, model).tokensScored == 15)
    }

    private func run(_ request: EvaluationRequest, _ model: DemoModel) async throws -> EvaluationSummary {
        var result = EvaluationSummary()
        for try await event in model.engine.evaluate(request) {
            if case .finished(let summary) = event { result = summary }
        }
        return result
    }
}
