import Foundation
import Generation
import ModelFiles
import TestSupport
import Testing

@Suite("Sampler")
struct SamplerTests {
    @Test("temperature 0 takes the largest logit, the first of equals")
    func greedy() {
        let token = choose([1, 5, 5, -2], position: 0) { $0.temperature = 0 }
        #expect(token == TokenID(1))
        #expect(choose([-.infinity, -.infinity], position: 0) { $0.temperature = 0 } == TokenID(0))
        #expect(choose([.nan, -3, .nan], position: 0) { $0.temperature = 0 } == TokenID(1))
        #expect(choose([.nan, .nan], position: 0) { $0.temperature = 0 } == nil)
    }

    /// Rule sets for which the exact distribution is known by brute force.
    static let rules: [(name: String, change: @Sendable (inout SamplingOptions) -> Void)] = [
        ("no limits", { _ in }),
        ("temperature 0.5", { $0.temperature = 0.5 }),
        ("temperature 2", { $0.temperature = 2 }),
        ("top-k 3", { $0.topK = 3 }),
        ("top-p 0.8", { $0.topP = 0.8 }),
        ("min-p 0.2", { $0.minP = 0.2 }),
        (
            "top-k 5, top-p 0.9, min-p 0.1",
            {
                $0.topK = 5
                $0.topP = 0.9
                $0.minP = 0.1
            }
        ),
    ]

    @Test("samples by the exact probabilities", arguments: 0..<7)
    func distribution(rule: Int) {
        let logits: [Float] = [0.3, 2, -1, 1.2, 0.9, -0.4, 1.9, 0]
        var options = Self.unlimited
        Self.rules[rule].change(&options)
        options.seed = 11
        let expected = Self.bruteForce(logits, options)
        var counts = Array(repeating: 0, count: logits.count)
        let draws = 20_000
        var sampler = Sampler(options: options, vocabularySize: logits.count, contextCapacity: 16)
        for position in 0..<draws {
            guard let token = sampler.choose(from: logits, position: position) else { continue }
            counts[Int(token.rawValue)] += 1
        }
        var statistic = 0.0
        for (count, probability) in zip(counts, expected) {
            if probability == 0 {
                #expect(count == 0, "a token that \(Self.rules[rule].name) excludes was chosen")
            } else {
                let mean = probability * Double(draws)
                statistic += (Double(count) - mean) * (Double(count) - mean) / mean
            }
        }
        // Chi-square with 7 degrees of freedom exceeds 24.3 once in a thousand; fewer degrees exceed it more
        // rarely.
        #expect(statistic < 24.3, "\(Self.rules[rule].name): \(counts)")
    }

    @Test("keeps the tokens that brute force keeps, for random logits and limits")
    func truncation() {
        var generator = SeededGenerator.fromEnvironment(fallback: 5)
        for _ in 0..<300 {
            let count = Int.random(in: 1...12, using: &generator)
            // Coarse values, so that ties occur.
            let logits = (0..<count).map { _ in Float(Int.random(in: -6...6, using: &generator)) / 2 }
            var options = Self.unlimited
            options.topK = Int.random(in: 0...count + 1, using: &generator)
            options.topP =
                [1, Double.random(in: 0...1, using: &generator)].randomElement(using: &generator) ?? 1
            options.minP =
                [0, Double.random(in: 0...1, using: &generator)].randomElement(using: &generator) ?? 0
            // So hot that every token that is kept is as likely as the next.
            options.temperature = 100
            options.seed = UInt64.random(in: 0...UInt64.max, using: &generator)
            let allowed = Self.bruteForce(logits, options)
            var seen: Set<Int> = []
            var sampler = Sampler(options: options, vocabularySize: count, contextCapacity: 1)
            for position in 0..<300 {
                if let token = sampler.choose(from: logits, position: position) {
                    seen.insert(Int(token.rawValue))
                }
            }
            let expected = Set(allowed.indices.filter { allowed[$0] > 0 })
            #expect(seen == expected, "seed \(generator.seed): \(logits) with \(options)")
        }
    }

    @Test("skipping hopeless tokens changes nothing")
    func pruning() {
        var generator = SeededGenerator.fromEnvironment(fallback: 8)
        let logits = generator.floats(500, in: -60..<60)
        let noise = CounterGenerator(seed: 21)
        for position in 0..<50 {
            let chosen = choose(logits, position: position) {
                $0.temperature = 7
                $0.seed = 21
            }
            let scores = logits.indices.map {
                Double(logits[$0]) / 7 + noise.gumbel(position: position, token: $0)
            }
            #expect(chosen == scores.indices.max { scores[$0] < scores[$1] }.map { TokenID(Int32($0)) })
        }
    }

    static var unlimited: SamplingOptions {
        var options = SamplingOptions()
        options.temperature = 1
        options.topK = 0
        options.topP = 1
        options.minP = 0
        return options
    }

    private func choose(
        _ logits: [Float], position: Int, _ change: (inout SamplingOptions) -> Void
    ) -> TokenID? {
        var options = Self.unlimited
        change(&options)
        var sampler = Sampler(options: options, vocabularySize: logits.count, contextCapacity: 16)
        return sampler.choose(from: logits, position: position)
    }

    /// The distribution by its definition: sort, cut by each rule on its own, temper, normalise.
    private static func bruteForce(_ logits: [Float], _ options: SamplingOptions) -> [Double] {
        let order = logits.indices.sorted { (logits[$0], $1) > (logits[$1], $0) }
        var kept = options.topK > 0 ? Array(order.prefix(options.topK)) : order
        let weights = kept.map { exp(Double(logits[$0])) }
        let total = weights.reduce(0, +)
        var last = kept.count
        if options.topP < 1 {
            var sum = 0.0
            for (rank, weight) in weights.enumerated() {
                sum += weight / total
                // The same comparison up to rounding: a hair below the limit counts as reached.
                if sum >= options.topP - 1e-12 {
                    last = rank + 1
                    break
                }
            }
        }
        let passing = weights.prefix { $0 >= options.minP * (weights.first ?? 0) * (1 - 1e-12) }.count
        kept = Array(kept.prefix(max(1, min(last, passing))))
        var probabilities = Array(repeating: 0.0, count: logits.count)
        for token in kept { probabilities[token] = exp(Double(logits[token]) / options.temperature) }
        let sum = probabilities.reduce(0, +)
        return probabilities.map { $0 / sum }
    }
}
