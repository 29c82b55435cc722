import Foundation
import Kernels
import ModelFiles
import Models
import Testing

@Suite("A step that is cancelled")
struct CancelledStepTests {
    static let recurrent = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/variants/qwen3_next-three-heads").path

    @Test(
        "stops between two halves of a layer, and what comes after it is as if it had never been",
        arguments: [DemoModel.path, recurrent])
    func stops(path: String) throws {
        let options = LanguageModel.Options(
            threadCount: 1, maximumRows: 16, contextCapacity: 64, cacheElement: .float32)
        let model = try LanguageModel(file: try ModelFile.open(path), options: options)
        let state = model.makeSequence(capacity: 64)
        let batch = Batch(capacity: 16)
        let ids = (0..<16).map { TokenID(Int32(($0 * 7 + 3) % model.shape.vocabularySize)) }
        func logits(unless isCancelled: () -> Bool) throws -> [Float]? {
            batch.reset()
            batch.append(ids[...], to: state)
            guard try model.forward(batch, unless: isCancelled) else { return nil }
            let logits = model.logits(rows: 15..<16)
            return (0..<logits.columns).map { logits[0, $0] }
        }
        var questions = 0
        let reference = try logits {
            questions += 1
            return false
        }
        #expect(questions >= 4 && questions % 2 == 0, "twice per layer")
        for limit in [1, questions / 2, questions] {
            state.reset()
            var asked = 0
            let stopped = try logits {
                asked += 1
                return asked == limit
            }
            #expect(stopped == nil && asked == limit && state.length == 0)
            if state.isRecurrent { state.reset() }
            #expect(try logits { false } == reference)
        }
    }
}
