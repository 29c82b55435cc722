public import ExpertStorage
public import Residency

/// What the user wants of streaming; what is nil is decided.
public struct StreamingPreference: Sendable {
    /// Which layers may use which slots.
    public enum Pools: String, Sendable, CaseIterable {
        case automatic = "auto"
        case perLayer = "layer"
        case global
    }

    /// How the model's bytes come into memory.
    public enum Source: Sendable, Equatable {
        /// Mapped where the whole model fits, else streamed.
        case automatic
        /// Mapped; a budget that it does not fit is refused.
        case mapped
        /// Streamed, even where all experts fit.
        case streamed
    }

    /// How slots are shared out among layers.
    public enum Allocation: Sendable, Hashable, CustomStringConvertible {
        /// Every layer gets as many.
        case uniform
        /// The first layers are held whole, the others get equal shares.
        case shallow(wholeLayers: Int)
        /// One pool in which the experts of the first layers are worth twice as much.
        case soft(favouredLayers: Int)

        /// Reads `uniform`, `shallow:2` or `soft:2`; nil for anything else.
        public init?(_ text: String) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            if text == "uniform" {
                self = .uniform
            } else if parts.count == 2, let layers = Int(parts[1]), layers > 0, parts[0] == "shallow" {
                self = .shallow(wholeLayers: layers)
            } else if parts.count == 2, let layers = Int(parts[1]), layers > 0, parts[0] == "soft" {
                self = .soft(favouredLayers: layers)
            } else {
                return nil
            }
        }

        /// As it is read.
        public var description: String {
            switch self {
            case .uniform: "uniform"
            case .shallow(let layers): "shallow:\(layers)"
            case .soft(let layers): "soft:\(layers)"
            }
        }
    }

    /// Whether experts of the next layers are predicted and read ahead.
    public enum Prefetching: String, Sendable, CaseIterable {
        /// As long as trials show that it pays.
        case automatic = "auto"
        /// Always, without trials.
        case always = "on"
        /// Never.
        case off
    }

    /// Mapped or streamed.
    public var source = Source.automatic
    /// The most bytes for slots.
    public var expertCacheBytes: Int?
    /// Which expert leaves.
    public var policy: PolicyChoice?
    /// Which layers may use which slots.
    public var pools = Pools.automatic
    /// How slots are shared out among layers.
    public var allocation = Allocation.uniform
    /// Whether slots are given back when the machine runs short of memory.
    public var isElastic = false
    /// Whether experts are read ahead.
    public var prefetching = Prefetching.automatic
    /// How the disk is read.
    public var reading = ReadPlan.unmeasured

    /// All decided by what fits and what is known.
    public init() {}

    /// What cannot be met together; nil where all can.
    public var problem: String? {
        switch allocation {
        case .uniform: nil
        case .shallow(_): pools == .global ? "--allocation shallow:N needs slots of each layer's own" : nil
        case .soft(_) where pools == .perLayer: "--allocation soft:N needs one pool of all layers"
        case .soft(_) where policy?.entry.takesLayerWeights == false:
            "--allocation soft:N needs a policy that ranks by a priority, such as lfu or lru"
        case .soft(_): nil
        }
    }
}
