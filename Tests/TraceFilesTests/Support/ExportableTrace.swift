import Residency
import TestSupport

/// Traces made of random numbers that other formats can hold: texts go on, and every token has choices.
struct ExportableTrace {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// A trace of one to four texts, steps of one or more rows, with or without weights.
    ///
    /// - Parameter isComplete: whether every token chooses in every layer, all its experts.
    mutating func make(isComplete: Bool) -> RoutingTrace {
        let layers = Int.random(in: 2...4, using: &generator)
        let experts = Int.random(in: 3...40, using: &generator)
        let expertsPerToken = Int.random(in: 1...min(4, experts), using: &generator)
        var numbers = Array((0..<9).shuffled(using: &generator)[..<layers])
        numbers.sort()
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: layers, expertCount: experts),
            expertsPerToken: expertsPerToken,
            expertBytes: numbers.map { _ in Int.random(in: 2...1 << 30, using: &generator) },
            layerNumbers: numbers)
        var trace = RoutingTrace(shape: shape, hasWeights: Bool.random(using: &generator))
        var positions = Array(repeating: UInt32(0), count: Int.random(in: 1...4, using: &generator))
        for step in 0..<UInt32.random(in: 1...20, using: &generator) {
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                let sequence = Int.random(in: positions.indices, using: &generator)
                let row = TraceRow(
                    sequence: UInt32(sequence), position: positions[sequence], step: step,
                    token: Bool.random(using: &generator) ? UInt32.random(in: 0...9, using: &generator) : nil,
                    phase: Bool.random(using: &generator) ? .prefill : .decode)
                positions[sequence] += 1
                append(row, isComplete: isComplete, to: &trace)
            }
        }
        return trace
    }

    private mutating func append(_ row: TraceRow, isComplete: Bool, to trace: inout RoutingTrace) {
        var experts: [UInt16] = []
        var weights: [Float] = []
        let count = trace.shape.expertsPerToken
        for layer in 0..<trace.shape.numbering.layerCount {
            // Layer 0 is never empty: a token without any choice is no row.
            let least = isComplete ? count : layer == 0 ? 1 : 0
            let made = Int.random(in: least...count, using: &generator)
            let all = (0..<UInt16(trace.shape.numbering.expertCount)).shuffled(using: &generator)
            experts += all[..<made] + repeatElement(RoutingTrace.noExpert, count: count - made)
            weights += (0..<count).map { $0 < made ? generator.float(in: 0..<1) : .nan }
        }
        trace.append(row, experts: experts, weights: trace.hasWeights ? weights : [])
    }
}
