public import ModelFiles

/// The latest tokens of a sequence with how often each occurs among them: what repetition penalties look at.
///
/// Allocates: once, at creation.
public struct RecentTokens: ~Copyable {
    private var ring: [Int32]
    private var next = 0
    private var filled = 0
    /// Occurrences in the window by token.
    private var counts: [Int32]

    /// Remembers the latest `window` tokens of a vocabulary of `vocabularySize`.
    public init(window: Int, vocabularySize: Int) {
        precondition(window >= 0 && vocabularySize > 0, "window \(window), vocabulary \(vocabularySize)")
        ring = Array(repeating: 0, count: window)
        counts = Array(repeating: 0, count: window == 0 ? 0 : vocabularySize)
    }

    /// Adds the newest token; the oldest leaves a full window. Allocates: none.
    public mutating func append(_ token: TokenID) {
        guard !ring.isEmpty else { return }
        if filled == ring.count { counts[Int(ring[next])] -= 1 } else { filled += 1 }
        ring[next] = token.rawValue
        counts[Int(token.rawValue)] += 1
        next = next + 1 == ring.count ? 0 : next + 1
    }

    /// Lowers the logits of the window's tokens in `logits` [vocabularySize]. Allocates: none.
    package func apply(_ penalties: RepetitionPenalties, to logits: inout [Float]) {
        for index in 0..<filled {
            let token = Int(ring[index])
            // A token that occurs several times is handled at its first place in the ring only.
            if isRepeatedEarlier(index) { continue }
            let logit = Double(logits[token])
            let scaled = logit > 0 ? logit / penalties.repetition : logit * penalties.repetition
            logits[token] = Float(scaled - Double(counts[token]) * penalties.frequency - penalties.presence)
        }
    }

    /// Whether the token at `index` of the ring stands before it too.
    private func isRepeatedEarlier(_ index: Int) -> Bool {
        let token = ring[index]
        if counts[Int(token)] == 1 { return false }
        for earlier in 0..<index where ring[earlier] == token { return true }
        return false
    }
}
