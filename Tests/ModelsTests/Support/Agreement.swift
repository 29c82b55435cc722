import Foundation
import Kernels
import ModelFiles
import Models

/// How far a model's results are from the reference's.
struct Agreement: CustomStringConvertible {
    let greedyMatches: Int
    let greedyCount: Int
    let argmaxMatches: Int
    let positions: Int
    let nllDifference: Double
    let logitDifference: Float

    /// - Parameter recomputes: see `ModelRun.greedy`.
    init(
        _ path: String, _ reference: Reference, cache: CacheElement = .float32, threads: Int = 1,
        chunk: Int = 64,
        recomputes: Bool = false
    ) throws {
        let run = try ModelRun(path, threads: threads, chunk: chunk, cache: cache)
        let prompt = reference.prompt
        run.reset(expectedLength: prompt.count)
        let logits = try run.logits(prompt)
        let best = logits.map(ModelRun.argmax)
        argmaxMatches = zip(best, reference.argmax).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
        positions = reference.argmax.count
        let surprises = zip(logits, prompt.dropFirst()).map { ModelRun.surprise($0, id: Int($1.rawValue)) }
        nllDifference = surprises.reduce(0, +) / Double(surprises.count) - reference.nll
        let last = logits.last ?? []
        logitDifference = zip(last, reference.logitsLast).reduce(0) { max($0, abs($1.0 - $1.1)) }
        let greedy = try run.greedy(
            after: prompt, first: last, count: reference.greedy.count, recomputes: recomputes)
        greedyCount = reference.greedy.count
        greedyMatches = zip(greedy, reference.greedy).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
    }

    /// Whether the project's bounds hold; the results of a correct model are a hundred times closer.
    var holds: Bool {
        greedyMatches == greedyCount && argmaxMatches == positions && abs(nllDifference) <= 1e-4
            && logitDifference <= 2e-3
    }

    /// Whether the bounds of a model with quantized weights hold, whose products take their input in 8 bits
    /// where the reference's are in Float32: each activation is off by up to 1/254 of its block's largest.
    /// Measured for gpt-oss with MXFP4: 1.2e-4 and 2.5e-3.
    var holdsForQuantized: Bool {
        greedyMatches == greedyCount && argmaxMatches == positions && abs(nllDifference) <= 1e-3
            && logitDifference <= 2e-2
    }

    var description: String {
        "greedy \(greedyMatches) of \(greedyCount), argmax \(argmaxMatches) of \(positions), "
            + "nll \(String(format: "%+.1e", nllDifference)), "
            + "logits \(String(format: "%.1e", logitDifference))"
    }
}
