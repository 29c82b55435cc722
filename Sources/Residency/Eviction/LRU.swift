/// Keeps what was chosen most recently.
///
/// The experts of an event count as chosen one after another, the weakest last. With weights of layers the
/// one leaves whose age, in events, divided by its layer's weight is largest.
///
/// Source: the classic; with equal weights a stack algorithm (Mattson et al. 1970, doi 10.1147/sj.92.0078): a
/// larger cache never misses more.
package struct LRU: EvictionPolicy, ~Copyable {
    /// The name that users give.
    package static let name = "lru"
    /// What users read about it.
    package static let summary = "least recently used leaves"
    /// Its priority can be multiplied.
    package static let takesLayerWeights = true

    private let layout: PolicyLayout
    /// One list for each pool, or for each layer where layers have weights.
    private var lists: ExpertLists
    private var lastEvent: FlatArray<Int>
    private var event = 0

    package init(_ layout: PolicyLayout) {
        self.layout = layout
        let numbering = layout.numbering
        lists = ExpertLists(
            experts: numbering.count,
            lists: layout.layerWeights == nil ? layout.poolCount : numbering.layerCount)
        lastEvent = FlatArray(repeating: 0, count: layout.layerWeights == nil ? 0 : numbering.count)
    }

    private func list(_ expert: Int, pool: Int) -> Int {
        layout.layerWeights == nil ? pool : expert >> layout.numbering.shift
    }

    package mutating func begin(layer: Int, tick: Int) { event += 1 }

    package mutating func touch(_ expert: Int, pool: Int) {
        lists.remove(expert)
        admit(expert, pool: pool)
    }

    package mutating func admit(_ expert: Int, pool: Int) {
        lists.append(expert, to: list(expert, pool: pool))
        if layout.layerWeights != nil { lastEvent[expert] = event }
    }

    package mutating func settle(_ expert: Int, pool: Int) { touch(expert, pool: pool) }

    /// The victim, as the type says.
    package mutating func evict(
        from pool: Int, for expert: Int, sparing protection: borrowing Protection
    ) -> Int {
        var victim = -1
        if let weights = layout.layerWeights {
            var oldest = -1.0
            for layer in layout.layers(of: pool) {
                let candidate = lists.oldest(layer, sparing: protection)
                guard candidate >= 0 else { continue }
                let age = Double(event - lastEvent[candidate]) / weights[layer]
                if age > oldest { (victim, oldest) = (candidate, age) }
            }
        } else {
            victim = lists.oldest(pool, sparing: protection)
        }
        if victim >= 0 { lists.remove(victim) }
        return victim
    }

    package mutating func remove(_ expert: Int, pool: Int) { lists.remove(expert) }
}
