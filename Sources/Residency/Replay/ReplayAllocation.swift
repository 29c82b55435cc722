/// How a budget is shared out among layers in a replay.
public enum ReplayAllocation: Hashable, Sendable, CustomStringConvertible {
    /// Every layer has as many slots of its own.
    case uniform
    /// All layers share all slots.
    case global
    /// The first layers are held whole, the others have equal shares.
    case shallow(wholeLayers: Int)
    /// One pool in which the experts of the first layers are worth twice as much.
    case soft(favouredLayers: Int)
    /// Slots of each layer, by what one more slot would have saved on other traces.
    case fitted
    /// One pool in which layers are worth what ``fitted`` would give them.
    case fittedSoft

    /// Reads what ``description`` writes; nil for anything else.
    public init?(_ text: String) {
        let parts = text.lowercased().split(separator: ":", omittingEmptySubsequences: false)
        let layers = parts.count == 2 ? Int(parts[1]) : nil
        switch (parts[0], layers) {
        case ("uniform", nil) where parts.count == 1: self = .uniform
        case ("global", nil) where parts.count == 1: self = .global
        case ("fitted", nil) where parts.count == 1: self = .fitted
        case ("fitted-soft", nil) where parts.count == 1: self = .fittedSoft
        case ("shallow", let layers?) where layers > 0: self = .shallow(wholeLayers: layers)
        case ("soft", let layers?) where layers > 0: self = .soft(favouredLayers: layers)
        default: return nil
        }
    }

    public var description: String {
        switch self {
        case .uniform: "uniform"
        case .global: "global"
        case .shallow(let layers): "shallow:\(layers)"
        case .soft(let layers): "soft:\(layers)"
        case .fitted: "fitted"
        case .fittedSoft: "fitted-soft"
        }
    }

    /// Whether it is learnt from traces.
    public var isFitted: Bool { self == .fitted || self == .fittedSoft }

    /// Whether layers have weights, which only some policies take.
    var hasWeights: Bool {
        switch self {
        case .soft(_), .fittedSoft: true
        case .uniform, .global, .shallow(_), .fitted: false
        }
    }

    /// The cache that `budgetBytes` buys of a model of `shape`; nil where that is less than the fewest slots
    /// with which the model runs: one for every layer, in a shared pool those of one layer's choice.
    ///
    /// - Parameters:
    ///   - expertBytes: bytes of an expert, by layer.
    ///   - curves: what ``isFitted`` goes by.
    /// - Precondition: curves where the allocation is fitted.
    public func cacheShape(
        budgetBytes: Int, _ shape: TraceShape, expertBytes: [Int], curves: MissCurves?
    ) -> CacheShape? {
        let numbering = shape.numbering
        switch self {
        case .uniform:
            return perLayer(budgetBytes, numbering, expertBytes) {
                SlotShares.uniform(slots: $0, numbering: numbering)
            }
        case .shallow(let layers):
            return perLayer(budgetBytes, numbering, expertBytes) {
                SlotShares.shallowFavouring(
                    slots: $0, wholeLayers: layers, expertsPerToken: shape.expertsPerToken,
                    numbering: numbering)
            }
        case .fitted:
            guard let slots = fittedSlots(budgetBytes, shape, expertBytes, curves) else { return nil }
            return CacheShape(numbering: numbering, pools: .perLayer(slots))
        case .global, .soft(_), .fittedSoft:
            let most = numbering.layerCount * numbering.expertCount
            let slots = min(budgetBytes / (expertBytes.max() ?? 1), most)
            if slots < shape.expertsPerToken { return nil }
            return CacheShape(
                numbering: numbering, pools: .global(slots: slots),
                layerWeights: weights(budgetBytes, shape, expertBytes, curves))
        }
    }

    /// The most slots that fit, shared out by `shares`.
    private func perLayer(
        _ budgetBytes: Int, _ numbering: ExpertNumbering, _ expertBytes: [Int], shares: (Int) -> [Int]
    ) -> CacheShape? {
        var (low, high) = (0, numbering.layerCount * numbering.expertCount)
        while low < high {
            let middle = (low + high + 1) / 2
            let bytes = zip(shares(middle), expertBytes).reduce(0) { $0 + $1.0 * $1.1 }
            if bytes <= budgetBytes { low = middle } else { high = middle - 1 }
        }
        let slots = shares(low)
        guard slots.allSatisfy({ $0 > 0 }) else { return nil }
        return CacheShape(numbering: numbering, pools: .perLayer(slots))
    }

    private func fittedSlots(
        _ budgetBytes: Int, _ shape: TraceShape, _ expertBytes: [Int], _ curves: MissCurves?
    ) -> [Int]? {
        guard let curves else { preconditionFailure("\(self) without a trace to fit it on") }
        return curves.bestSlots(
            budgetBytes: budgetBytes, expertBytes: expertBytes, expertsPerToken: shape.expertsPerToken)
    }

    private func weights(
        _ budgetBytes: Int, _ shape: TraceShape, _ expertBytes: [Int], _ curves: MissCurves?
    ) -> [Double]? {
        switch self {
        case .soft(let layers):
            return LayerWeights.shallowFavouring(
                favouredLayers: layers, factor: 2, numbering: shape.numbering)
        case .fittedSoft:
            guard let slots = fittedSlots(budgetBytes, shape, expertBytes, curves) else { return nil }
            let mean = Double(slots.reduce(0, +)) / Double(slots.count)
            return slots.map { min(max(Double($0) / mean, 0.25), 4) }
        case .uniform, .global, .shallow(_), .fitted: return nil
        }
    }
}
