/// How many slots a cache has and which layers may use which.
public struct CacheShape: Hashable, Sendable {
    /// Who competes for a slot.
    public enum Pools: Hashable, Sendable {
        /// All layers for all slots.
        case global(slots: Int)
        /// The experts of a layer for the slots of their layer, as many as the element of that layer.
        case perLayer([Int])
    }

    /// The model's experts.
    public let numbering: ExpertNumbering
    /// Who competes for which slots.
    public let pools: Pools
    /// What a layer's experts are worth in a pool that layers share: a factor on their priority, 1 for all
    /// where nil. Only policies that rank by a priority take them.
    public let layerWeights: [Double]?

    /// - Precondition: no negative count, no more slots in a pool than it has experts, one positive weight
    ///   for every layer and only with a global pool.
    public init(numbering: ExpertNumbering, pools: Pools, layerWeights: [Double]? = nil) {
        self.numbering = numbering
        self.pools = pools
        self.layerWeights = layerWeights
        switch pools {
        case .global(let slots):
            precondition(
                slots >= 0 && slots <= numbering.layerCount * numbering.expertCount,
                "\(slots) slots for \(numbering.layerCount) layers of \(numbering.expertCount) experts")
        case .perLayer(let slots):
            precondition(
                slots.count == numbering.layerCount, "\(slots.count) shares, \(numbering.layerCount) layers")
            precondition(
                slots.allSatisfy { $0 >= 0 && $0 <= numbering.expertCount },
                "shares \(slots) of layers of \(numbering.expertCount) experts")
            precondition(layerWeights == nil, "weights of layers that share no pool")
        }
        if let layerWeights {
            precondition(
                layerWeights.count == numbering.layerCount
                    && layerWeights.allSatisfy { $0 > 0 && $0.isFinite },
                "weights \(layerWeights) of \(numbering.layerCount) layers")
        }
    }

    /// Slots of every pool, in the order of the pools: one element where the pool is global, else one for
    /// each layer. The slots of a pool are numbered after those of the pools before it.
    package var poolSlots: [Int] {
        switch pools {
        case .global(let slots): [slots]
        case .perLayer(let slots): slots
        }
    }

    /// Whether all layers share one pool.
    package var isGlobal: Bool {
        if case .global = pools { true } else { false }
    }

    /// Slots of all pools.
    public var slotCount: Int { poolSlots.reduce(0, +) }
}
