import Kernels

extension Router {
    /// Chooses the experts of one row one after the other, each weighed against those whose scores come close
    /// to its own.
    ///
    /// A score s is close to the largest remaining one m unless (m - s) / max(|s|, m) > 2 * threshold; the
    /// choice's weight is its share of the softmax over the close ones. Source: SparseMixer-v2 at inference,
    /// arXiv 2409.12136.
    ///
    /// - Parameter scratch: [2, expertCount].
    func chooseSparseMixer(
        scores: FloatMatrix, threshold: Float, scratch: FloatMatrix, row: Int, routing: Routing,
        compute: Compute
    ) {
        let remaining = scratch.slice(rows: 0..<1)
        let close = scratch.slice(rows: 1..<2)
        remaining.copyRow(from: scores, row: 0, to: 0)
        for rank in 0..<expertsPerToken {
            let best = takeBest(remaining, rank: rank, row: row, routing: routing, compute: compute)
            let largest = scores[0, best]
            for expert in 0..<expertCount {
                let score = scores[0, expert]
                let isFar = (largest - score) / max(abs(score), largest) > 2 * threshold
                close[0, expert] = isFar ? -.infinity : expert == best ? largest : remaining[0, expert]
            }
            compute.softmax(close)
            routing.set(row: row, rank: rank, expert: best, weight: close[0, best])
        }
    }
}
