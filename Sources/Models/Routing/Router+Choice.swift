import Kernels

extension Router {
    /// Chooses the experts of one row.
    ///
    /// - Parameter scores: [1, expertCount], probabilities or, where the scoring asks for them, raw scores.
    /// - Parameter scratch: [2, expertCount].
    func choose(scores: FloatMatrix, scratch: FloatMatrix, row: Int, routing: Routing, compute: Compute) {
        if case .sparseMixer(let threshold) = scoring {
            chooseSparseMixer(
                scores: scores, threshold: threshold, scratch: scratch, row: row, routing: routing,
                compute: compute)
            return
        }
        // What orders the choice; an expert that has been taken or may not be has minus infinity.
        let keys = scratch.slice(rows: 0..<1)
        keys.copyRow(from: scores, row: 0, to: 0)
        if let choiceBias { compute.add(choiceBias.matrix, to: keys) }
        if let groups { maskGroups(groups, keys: keys) }
        for rank in 0..<expertsPerToken {
            let expert = takeBest(keys, rank: rank, row: row, routing: routing, compute: compute)
            routing.set(row: row, rank: rank, expert: expert, weight: scores[0, expert])
        }
        if scoring == .softmaxOfChosen {
            takeSoftmaxOfChosen(row: row, scratch: keys, routing: routing, compute: compute)
        }
        scaleWeights(row: row, routing: routing)
    }

    /// The expert with the largest key, the first of equals; its key becomes minus infinity.
    ///
    /// Where no key is left that is a number above minus infinity, which takes broken weights, it is the
    /// first expert that the row has not chosen: a row never chooses one twice.
    func takeBest(_ keys: FloatMatrix, rank: Int, row: Int, routing: Routing, compute: Compute) -> Int {
        var best = compute.argmax(keys, row: 0)
        if !(keys[0, best] > -.infinity) {
            let chosen = 0..<rank
            best =
                (0..<expertCount).first { expert in
                    !chosen.contains { routing.expert(row: row, rank: $0) == expert }
                } ?? 0
        }
        keys[0, best] = -.infinity
        return best
    }

    private func takeSoftmaxOfChosen(row: Int, scratch: FloatMatrix, routing: Routing, compute: Compute) {
        let chosen = scratch.slice(columns: 0..<expertsPerToken)
        for rank in 0..<expertsPerToken { chosen[0, rank] = routing.weight(row: row, rank: rank) }
        compute.softmax(chosen)
        for rank in 0..<expertsPerToken { routing.setWeight(row: row, rank: rank, to: chosen[0, rank]) }
    }

    /// Divides the weights by their sum, if asked, and scales them.
    private func scaleWeights(row: Int, routing: Routing) {
        var factor = weightScale
        if normalizesWeights {
            var sum: Float = 0
            for rank in 0..<expertsPerToken { sum += routing.weight(row: row, rank: rank) }
            // Sigmoid scores can all underflow; the bound keeps the quotient finite.
            factor /= max(sum, Float.leastNormalMagnitude)
        }
        if factor == 1 { return }
        for rank in 0..<expertsPerToken {
            routing.setWeight(row: row, rank: rank, to: routing.weight(row: row, rank: rank) * factor)
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
