import Kernels

extension Router {
    /// Chooses the experts of one row.
    ///
    /// - Parameter scores: [1, expertCount], raw; become probabilities in place.
    /// - Parameter keys: [1, expertCount], scratch that orders the choice.
    func choose(scores: FloatMatrix, keys: FloatMatrix, row: Int, routing: Routing, compute: Compute) {
        switch scoring {
        case .softmax: compute.softmax(scores)
        case .sigmoid: compute.sigmoid(scores)
        case .softmaxOfChosen: break
        case .sparseMixer(let threshold):
            chooseSparseMixer(scores: scores, threshold: threshold, row: row, routing: routing)
            return
        }
        for expert in 0..<expertCount { keys[0, expert] = scores[0, expert] + (choiceBias?[expert] ?? 0) }
        if let groups { maskGroups(groups, keys: keys) }
        for rank in 0..<expertsPerToken {
            let expert = takeBest(keys)
            routing.set(row: row, rank: rank, expert: expert, weight: scores[0, expert])
        }
        finishWeights(row: row, routing: routing)
    }

    /// The expert with the largest key, the first of equals; its key becomes minus infinity.
    private func takeBest(_ keys: FloatMatrix) -> Int {
        var best = 0
        for expert in 1..<expertCount where keys[0, expert] > keys[0, best] { best = expert }
        keys[0, best] = -.infinity
        return best
    }

    /// Turns the chosen scores into weights: softmax, division by their sum, scale.
    private func finishWeights(row: Int, routing: Routing) {
        if scoring == .softmaxOfChosen {
            let largest = routing.weight(row: row, rank: 0)
            for rank in 0..<expertsPerToken {
                let weight = Compute.exp(routing.weight(row: row, rank: rank) - largest)
                routing.set(
                    row: row, rank: rank, expert: routing.expert(row: row, rank: rank), weight: weight)
            }
        }
        var factor = weightScale
        if normalizesWeights || scoring == .softmaxOfChosen {
            var sum: Float = 0
            for rank in 0..<expertsPerToken { sum += routing.weight(row: row, rank: rank) }
            // Sigmoid scores can all underflow; the bound keeps the quotient finite.
            factor /= max(sum, Float.leastNormalMagnitude)
        }
        for rank in 0..<expertsPerToken {
            let weight = routing.weight(row: row, rank: rank) * factor
            routing.set(row: row, rank: rank, expert: routing.expert(row: row, rank: rank), weight: weight)
        }
    }

    /// Sets the keys of experts outside the best groups to minus infinity.
    private func maskGroups(_ groups: Groups, keys: FloatMatrix) {
        let size = expertCount / groups.count
        // A bit per group; loading refuses more groups than bits.
        var kept: UInt64 = 0
        for _ in 0..<groups.chosen {
            var best = -1
            var bestScore = -Float.infinity
            for group in 0..<groups.count where kept & (1 << UInt64(group)) == 0 {
                let score = groupScore(groups.score, keys: keys, range: group * size..<(group + 1) * size)
                if best < 0 || score > bestScore {
                    best = group
                    bestScore = score
                }
            }
            kept |= 1 << UInt64(best)
        }
        for expert in 0..<expertCount where kept & (1 << UInt64(expert / size)) == 0 {
            keys[0, expert] = -.infinity
        }
    }

    private func groupScore(_ score: Groups.Score, keys: FloatMatrix, range: Range<Int>) -> Float {
        var first = -Float.infinity
        var second = -Float.infinity
        for expert in range {
            let key = keys[0, expert]
            if key > first {
                second = first
                first = key
            } else if key > second {
                second = key
            }
        }
        return score == .best || range.count < 2 ? first : first + second
    }
}
