/// Keeps what is used often and was used lately: the one leaves whose age, divided by the logarithm of its
/// uses, is largest.
///
/// Experts are sorted into classes by the power of two in their uses, which fade with a half-life; within a
/// class only age counts, so a victim is the best of one candidate from each. Age is counted in events.
///
/// Source: recency times log frequency in several engines that stream experts; the lists by class are those
/// of llama.cpp's expert cache (`src/llama-moe-cache.cpp`, 2026), which divides by 2^class where we divide by
/// 1 + class. Judged in arXiv 2608.07911.
package struct LFRU: EvictionPolicy, ~Copyable {
    /// The name that users give.
    package static let name = "lfru"
    /// What users read about it.
    package static let summary = "largest age over logarithm of uses leaves; uses fade, as in lfru:128"
    /// Where the user names none.
    package static let defaultHalfLifeTokens: Double? = 128

    private static let classCount = 10

    private var uses: FadingUses
    /// One list for each class of each pool.
    private var lists: ExpertLists
    private var lastEvent: FlatArray<Int>
    private var event = 0

    package init(_ layout: PolicyLayout) {
        uses = FadingUses(count: layout.numbering.count, halfLifeTokens: layout.halfLifeTokens)
        lists = ExpertLists(experts: layout.numbering.count, lists: layout.poolCount * Self.classCount)
        lastEvent = FlatArray(repeating: 0, count: layout.numbering.count)
    }

    package mutating func begin(layer: Int, tick: Int) {
        event += 1
        _ = uses.advance(to: tick)
    }

    package mutating func touch(_ expert: Int, pool: Int) {
        uses.use(expert)
        lists.remove(expert)
        admit(expert, pool: pool)
    }

    package mutating func miss(_ expert: Int, pool: Int) { uses.use(expert) }

    package mutating func admit(_ expert: Int, pool: Int) {
        lastEvent[expert] = event
        let group = min(max(Int(uses.uses(expert).exponent), 0), Self.classCount - 1)
        lists.append(expert, to: pool * Self.classCount + group)
    }

    /// The victim, as the type says.
    package mutating func evict(
        from pool: Int, for expert: Int, sparing protection: borrowing Protection
    ) -> Int {
        var victim = -1
        var worst = -1.0
        for group in 0..<Self.classCount {
            let candidate = lists.oldest(pool * Self.classCount + group, sparing: protection)
            guard candidate >= 0 else { continue }
            let value = Double(event - lastEvent[candidate]) / Double(1 + group)
            if value > worst { (victim, worst) = (candidate, value) }
        }
        if victim >= 0 { lists.remove(victim) }
        return victim
    }

    package mutating func remove(_ expert: Int, pool: Int) { lists.remove(expert) }
}
