import Foundation
import Kernels
import ModelFiles
import Models

/// A model on a prompt: logits at every position, likelihood, greedy continuation.
final class ModelRun {
    let model: LanguageModel
    private let state: SequenceState
    private let batch: Batch
    private let chunk: Int

    /// - Parameter chunk: tokens of one prefill step.
    init(
        _ path: String, threads: Int = 1, chunk: Int = 64, capacity: Int = 512,
        cache: CacheElement = .float32, streaming: StreamingOptions? = nil
    ) throws {
        var options = LanguageModel.Options(
            threadCount: threads, maximumRows: chunk, contextCapacity: capacity, cacheElement: cache)
        options.streaming = streaming
        model = try LanguageModel(file: try ModelFile.open(path), options: options)
        state = model.makeSequence(capacity: capacity)
        batch = Batch(capacity: chunk)
        self.chunk = chunk
    }

    /// Forgets the sequence.
    func reset(expectedLength: Int = 0) { state.reset(expectedLength: expectedLength) }

    /// Feeds `ids` in chunks and gives the logits of each.
    func logits(_ ids: [TokenID]) throws -> [[Float]] {
        var result: [[Float]] = []
        try feed(ids) { logits, row in result.append(Self.values(logits, row: row)) }
        return result
    }

    /// Feeds `ids` in chunks; `body` gets the logits of each, a row of a matrix.
    private func feed(_ ids: [TokenID], body: (FloatMatrix, Int) -> Void) throws {
        var next = 0
        while next < ids.count {
            let end = min(next + chunk, ids.count)
            batch.reset()
            batch.append(ids[next..<end], to: state)
            try model.forward(batch)
            for start in stride(from: 0, to: end - next, by: LanguageModel.maximumLogitRows) {
                let rows = start..<min(start + LanguageModel.maximumLogitRows, end - next)
                let logits = model.logits(rows: rows)
                for row in 0..<rows.count { body(logits, row) }
            }
            next = end
        }
    }

    /// Feeds a window of its own and sums - log p, in nats, of its tokens from `first` on.
    func surprise(_ ids: [TokenID], from first: Int) throws -> Double {
        reset()
        var sum = 0.0
        var position = 0
        try feed(ids) { logits, row in
            position += 1
            guard position >= first, position < ids.count else { return }
            sum += Self.surprise(Self.values(logits, row: row), id: Int(ids[position].rawValue))
        }
        return sum
    }

    /// The next `count` tokens, the likeliest each time.
    ///
    /// - Parameter recomputes: whether every step starts from an empty sequence, as the reference does;
    ///   matters where the rotary frequencies depend on the sequence's length.
    func greedy(after prompt: [TokenID], first: [Float], count: Int, recomputes: Bool) throws -> [Int] {
        var ids = prompt
        var last = first
        var chosen: [Int] = []
        for _ in 0..<count {
            let best = Self.argmax(last)
            chosen.append(best)
            ids.append(TokenID(Int32(best)))
            if recomputes { reset(expectedLength: ids.count) }
            last = try logits(recomputes ? ids : [TokenID(Int32(best))]).last ?? []
        }
        return chosen
    }

    private static func values(_ logits: FloatMatrix, row: Int) -> [Float] {
        (0..<logits.columns).map { logits[row, $0] }
    }

    static func argmax(_ values: [Float]) -> Int {
        values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
    }

    /// - log p(id), in nats, summed in Float64.
    static func surprise(_ logits: [Float], id: Int) -> Double {
        let largest = Double(logits.max() ?? 0)
        let sum = logits.reduce(0.0) { $0 + exp(Double($1) - largest) }
        return log(sum) + largest - Double(logits[id])
    }
}
