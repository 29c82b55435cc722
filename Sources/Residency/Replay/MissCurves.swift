/// How often each layer misses at each number of slots of its own, measured on traces.
public struct MissCurves: Sendable {
    /// By layer, the misses with 0, 1, 2, ... slots.
    public let misses: [[Int]]

    /// - Precondition: for every layer as many numbers of slots, falling or equal counts.
    public init(misses: [[Int]]) { self.misses = misses }

    /// Replays `events` under `policy` with every number of slots from one token's choice on; below that a
    /// layer counts as missing always.
    ///
    /// Cost: a pass for a stack policy, else a replay for each number of slots.
    ///
    /// - Parameter goOn: is told how many events were answered since the last call, those of each of
    ///   ``cacheCount(of:)`` caches counted, and says whether to go on.
    /// - Returns: nil where `goOn` stopped it.
    public static func measure(
        _ events: ReplayEvents, _ policy: ReplayPolicy, goOn: @escaping (_ events: Int) -> Bool
    ) -> MissCurves? {
        let numbering = events.shape.numbering
        let sizes = sizes(of: events)
        let columns = sizes.map { slots in
            let pools = CacheShape.Pools.perLayer(Array(repeating: slots, count: numbering.layerCount))
            return ReplayColumn(
                allocation: .uniform, budgetBytes: slots,
                shape: CacheShape(numbering: numbering, pools: pools))
        }
        var requests = Array(repeating: 0, count: numbering.layerCount)
        for event in events.layers.indices {
            requests[Int(events.layers[event])] += events.starts[event + 1] - events.starts[event]
        }
        var misses = requests.map { Array(repeating: $0, count: sizes.lowerBound) }
        var found: [Int: [CacheCounters]] = [:]
        for job in ReplayJob.all(policy, columns, events) {
            let outcomes = job.run(
                events, [.none], observer: { _, _ in SilentObserver() },
                goOn: { goOn($0 * job.columns.count) })
            guard let outcomes else { return nil }
            for outcome in outcomes { found[outcome.column.budgetBytes] = outcome.layers }
        }
        for slots in sizes {
            for layer in misses.indices {
                misses[layer].append(found[slots]?[layer].misses ?? 0)
            }
        }
        return MissCurves(misses: misses)
    }

    /// Caches that ``measure(_:_:goOn:)`` replays.
    public static func cacheCount(of events: ReplayEvents) -> Int { sizes(of: events).count }

    /// Their slots of each layer.
    private static func sizes(of events: ReplayEvents) -> ClosedRange<Int> {
        let experts = events.shape.numbering.expertCount
        return min(events.shape.expertsPerToken, experts)...experts
    }

    /// The slots of each layer that would have missed least within `budgetBytes`: one token's choice
    /// everywhere, then where the next slots save most for a byte.
    ///
    /// A curve can be flat before it falls, so a step is as many slots as save most for each of them. Where
    /// the budget does not reach for a token's choice of every layer, equal shares.
    /// - Returns: nil where a layer would have none.
    func bestSlots(budgetBytes: Int, expertBytes: [Int], expertsPerToken: Int) -> [Int]? {
        let layers = misses.indices
        var left = budgetBytes - expertBytes.reduce(0, +) * expertsPerToken
        if left < 0 {
            let equal = budgetBytes / max(expertBytes.reduce(0, +), 1)
            return equal > 0 ? layers.map { _ in equal } : nil
        }
        var slots = layers.map { _ in min(expertsPerToken, misses[0].count - 1) }
        var steps = layers.map { step(layer: $0, from: slots[$0]) }
        while true {
            let open = layers.filter { steps[$0].slots > 0 && expertBytes[$0] <= left }
            let best = open.max { first, second in
                let gains = (steps[first].gain, steps[second].gain)
                let values = (gains.0 / Double(expertBytes[first]), gains.1 / Double(expertBytes[second]))
                return values.0 < values.1 || values.0 == values.1 && first > second
            }
            guard let best else { return slots }
            let taken = min(steps[best].slots, left / expertBytes[best])
            slots[best] += taken
            left -= taken * expertBytes[best]
            steps[best] = step(layer: best, from: slots[best])
        }
    }

    /// The next slots of a layer that save most for each of them: how many, and what each saves.
    private func step(layer: Int, from slots: Int) -> (slots: Int, gain: Double) {
        let curve = misses[layer]
        var best = (slots: 0, gain: -1.0)
        for more in slots + 1..<max(curve.count, slots + 1) {
            let gain = Double(curve[slots] - curve[more]) / Double(more - slots)
            if gain > best.gain { best = (more - slots, gain) }
        }
        return best
    }
}
