/// How often what a predictor named while the trace was recorded came true.
public struct CandidateRecall: Hashable, Sendable {
    /// Who predicted, from how many layers before, and how many experts at most.
    public let candidates: TraceCandidates
    /// Choices of layers for which it had named any.
    public let choices: Int
    /// Share of them among the first named, as many as a token chooses experts.
    public let recall: Double
    /// Share of them among all named.
    public let recallOfAll: Double
    /// By layer the share among the first named; nil where it named none.
    public let byLayer: [Double?]

    /// The recall of every column of candidates.
    static func all(_ trace: RoutingTrace) -> [CandidateRecall] {
        trace.columns.candidates.indices.map { column in
            var counter = CandidateCounter(trace.shape)
            trace.withChoices { choices in
                trace.withCandidates(column: column) { named in
                    counter.run(choices, named, width: trace.columns.candidates[column].count)
                }
            }
            return counter.result(trace.columns.candidates[column])
        }
    }
}

private struct CandidateCounter {
    private let shape: TraceShape
    private var choices: [Int]
    private var first: [Int]
    private var any = 0

    init(_ shape: TraceShape) {
        self.shape = shape
        choices = Array(repeating: 0, count: shape.numbering.layerCount)
        first = choices
    }

    /// Shape: choices [rows, layers, expertsPerToken], named [rows, layers, width].
    mutating func run(_ chosen: Span<UInt16>, _ named: Span<UInt16>, width: Int) {
        let perToken = shape.expertsPerToken
        for event in 0..<chosen.count / perToken where named[event * width] != RoutingTrace.noExpert {
            let layer = event % shape.numbering.layerCount
            for rank in event * perToken..<(event + 1) * perToken {
                let expert = chosen[rank]
                if expert == RoutingTrace.noExpert { break }
                choices[layer] += 1
                for place in 0..<width where named[event * width + place] == expert {
                    any += 1
                    if place < perToken { first[layer] += 1 }
                    break
                }
            }
        }
    }

    func result(_ candidates: TraceCandidates) -> CandidateRecall {
        let total = choices.reduce(0, +)
        return CandidateRecall(
            candidates: candidates, choices: total,
            recall: total == 0 ? 0 : Double(first.reduce(0, +)) / Double(total),
            recallOfAll: total == 0 ? 0 : Double(any) / Double(total),
            byLayer: zip(first, choices).map { $1 == 0 ? nil : Double($0) / Double($1) })
    }
}
