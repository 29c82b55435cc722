/// How often each expert was chosen, where a use counts half after a half-life.
///
/// Instead of letting all counts fade, a new use weighs more with every token: the order is the same and what
/// is not chosen costs nothing. When the weight of a use passes 2^512 everything is divided by it; a count
/// that falls to zero by that was last used hundreds of half-lives ago.
///
/// No library function is called: equal on every machine. Allocates: once.
package struct FadingUses: ~Copyable {
    /// The counts, in units of `weight`.
    package private(set) var scaled: FlatArray<Double>
    /// What a use counts at the current tick.
    package private(set) var weight = 1.0
    private let growth: Double
    private var tick: Int?

    /// - Parameter halfLifeTokens: larger than 0.
    package init(count: Int, halfLifeTokens: Double) {
        precondition(halfLifeTokens > 0, "a half-life of \(halfLifeTokens) tokens")
        scaled = FlatArray(repeating: 0, count: count)
        growth = Self.powerOfTwo(1 / halfLifeTokens)
    }

    /// Moves to `tick`; returns the factor by which all counts were scaled, nil where they were not.
    package mutating func advance(to tick: Int) -> Double? {
        let last = self.tick ?? tick
        self.tick = tick
        if tick == last { return nil }
        // Beyond this many tokens at once only the order of what was already there remains.
        var steps = min(tick - last, 1 << 20)
        var factor: Double?
        while steps > 0 {
            weight *= growth
            steps -= 1
            if weight > 0x1p512 {
                scale(by: 0x1p-512)
                factor = (factor ?? 1) * 0x1p-512
            }
        }
        return factor
    }

    private mutating func scale(by factor: Double) {
        weight *= factor
        for expert in 0..<scaled.count { scaled[expert] *= factor }
    }

    /// `expert` was chosen.
    package mutating func use(_ expert: Int) { scaled[expert] += weight }

    /// How often `expert` was chosen, faded to the current tick.
    package func uses(_ expert: Int) -> Double { scaled[expert] / weight }

    /// 2^exponent for an exponent of 0 or more, by its binary digits and repeated square roots.
    private static func powerOfTwo(_ exponent: Double) -> Double {
        var rest = exponent
        var result = 1.0
        while rest >= 1 {
            result *= 2
            rest -= 1
        }
        var root = 2.0
        for _ in 0..<53 {
            root = root.squareRoot()
            rest *= 2
            if rest >= 1 {
                result *= root
                rest -= 1
            }
        }
        return result
    }
}
