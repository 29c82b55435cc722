public import Kernels
public import ModelFiles

/// Chooses the next token of one sequence from its logits.
///
/// The choice is `argmax(log p + gumbel(seed, position, token))` over the tokens that the rules leave, so it
/// is a function of logits, seed and position: no order of evaluation can change it. Allocates: once, at
/// creation. Runs on: engine thread.
public struct Sampler: ~Copyable {
    private let options: SamplingOptions
    private let noise: CounterGenerator
    private var recent: RecentTokens
    /// This step's logits after the penalties [vocabularySize].
    private var logits: [Float]
    private var order: DescendingOrder

    /// Prepares for a vocabulary of `vocabularySize` and sequences of at most `contextCapacity` tokens.
    public init(options: SamplingOptions, vocabularySize: Int, contextCapacity: Int) {
        precondition(vocabularySize > 0, "vocabulary of \(vocabularySize)")
        self.options = options
        noise = CounterGenerator(seed: options.seed)
        let asked =
            options.penalties.window < 0 ? contextCapacity : min(options.penalties.window, contextCapacity)
        recent = RecentTokens(window: options.penalties.isActive ? asked : 0, vocabularySize: vocabularySize)
        logits = Array(repeating: 0, count: vocabularySize)
        order = DescendingOrder(capacity: vocabularySize)
    }

    /// Tells the sampler that `token` is the sequence's next one, from the prompt or chosen. Allocates: none.
    public mutating func accept(_ token: TokenID) { recent.append(token) }

    /// The token for `position` of the sequence, from the first row of `row` [1, vocabularySize]. Allocates:
    /// none.
    ///
    /// - Returns: nil where no logit is a number, which only a damaged model gives.
    public mutating func choose(from row: FloatMatrix, position: Int) -> TokenID? {
        precondition(row.columns == logits.count, "\(row.columns) logits for \(logits.count) tokens")
        unsafe row.withRow(0) { values in
            for index in 0..<logits.count { logits[index] = unsafe values[index] }
        }
        return chooseFromLogits(position: position)
    }

    /// As `choose(from:position:)`, from an array. Allocates: none.
    public mutating func choose(from values: [Float], position: Int) -> TokenID? {
        precondition(values.count == logits.count, "\(values.count) logits for \(logits.count) tokens")
        for index in 0..<logits.count { logits[index] = values[index] }
        return chooseFromLogits(position: position)
    }

    private mutating func chooseFromLogits(position: Int) -> TokenID? {
        recent.apply(options.penalties, to: &logits)
        if options.temperature == 0 || options.topK == 1 { return TokenID.largest(of: logits) }
        let kept = candidateCount()
        return kept.map { sample(first: $0, position: position) } ?? sampleAll(position: position)
    }

    /// Sorts as many tokens as the rules keep to the front of `order`; nil where no rule cuts.
    private mutating func candidateCount() -> Int? {
        let usesTopK = options.topK > 0 && options.topK < logits.count
        guard usesTopK || options.topP < 1 || options.minP > 0 else { return nil }
        order.fill(logits)
        let limit = usesTopK ? options.topK : logits.count
        // Every rule keeps a prefix of the descending order, so tokens are sorted only as far as the shortest
        // reaches.
        let mass = options.topP < 1 ? topMass(limit: limit) * options.topP : Double.infinity
        let threshold = options.minP > 0 ? naturalLogarithm(options.minP) : -Double.infinity
        let largest = Double(logits[order.token(at: 0, in: logits)])
        var sum = 0.0
        for rank in 0..<limit {
            let relative = Double(logits[order.token(at: rank, in: logits)]) - largest
            if relative < threshold || relative == -.infinity { return max(rank, 1) }
            sum += exponential(relative)
            if sum >= mass { return rank + 1 }
        }
        return limit
    }

    /// Sum of exp(logit - largest logit) over the `limit` most likely tokens.
    private mutating func topMass(limit: Int) -> Double {
        let largest = Double(logits[order.token(at: 0, in: logits)])
        guard limit < logits.count else {
            var sum = 0.0
            for logit in logits where !logit.isNaN { sum += exponential(Double(logit) - largest) }
            return sum
        }
        var sum = 0.0
        for rank in 0..<limit {
            sum += exponential(Double(logits[order.token(at: rank, in: logits)]) - largest)
        }
        return sum
    }

    private mutating func sample(first count: Int, position: Int) -> TokenID? {
        var best = -Double.infinity
        var chosen: TokenID?
        for rank in 0..<count {
            let token = order.token(at: rank, in: logits)
            if logits[token].isNaN { continue }
            let score =
                Double(logits[token]) / options.temperature + noise.gumbel(position: position, token: token)
            if score > best || chosen == nil {
                best = score
                chosen = TokenID(Int32(token))
            }
        }
        return chosen
    }

    /// Samples the whole vocabulary; tokens that no noise could lift above the best so far are passed over.
    private func sampleAll(position: Int) -> TokenID? {
        guard let start = TokenID.largest(of: logits).map({ Int($0.rawValue) }) else { return nil }
        var chosen = start
        var best =
            Double(logits[start]) / options.temperature + noise.gumbel(position: position, token: start)
        for token in 0..<logits.count {
            let score = Double(logits[token]) / options.temperature
            guard score + CounterGenerator.largestGumbel > best, token != start else { continue }
            let noisy = score + noise.gumbel(position: position, token: token)
            if noisy > best || (noisy == best && token < chosen) {
                best = noisy
                chosen = token
            }
        }
        return TokenID(Int32(chosen))
    }
}

extension TokenID {
    /// The token of the largest logit, the first of equals; nil where none is a number.
    static func largest(of logits: [Float]) -> TokenID? {
        var chosen: Int?
        var best = -Float.infinity
        for token in 0..<logits.count where logits[token] > best || (chosen == nil && !logits[token].isNaN) {
            best = logits[token]
            chosen = token
        }
        return chosen.map { TokenID(Int32($0)) }
    }
}
