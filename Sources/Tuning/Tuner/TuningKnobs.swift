public import Generation
public import Residency

/// What a tuner turns besides the budget: who leaves, whose slots, and how they are shared out.
public struct TuningKnobs: Hashable, Sendable, CustomStringConvertible {
    /// As the command line names it: `lru`, `lfu:64`; nil leaves it to the plan.
    public let policy: String?
    /// Whose slots.
    public let pools: StreamingPreference.Pools
    /// How they are shared out.
    public let allocation: StreamingPreference.Allocation

    public init(
        policy: String? = nil, pools: StreamingPreference.Pools = .automatic,
        allocation: StreamingPreference.Allocation = .uniform
    ) {
        self.policy = policy
        self.pools = pools
        self.allocation = allocation
    }

    /// What a run does where nobody chose.
    public static let standard = TuningKnobs()

    /// Half-lives of uses that are tried, in tokens: a policy's own lies among them, and beyond them hit
    /// rates change little.
    private static let halfLives = [16, 64, 256]
    /// Numbers of first layers that are favoured.
    private static let favouredLayers = [1, 2, 4]

    /// All that can be turned on a model of `layerCount` layers with experts, the standard first.
    public static func all(layerCount: Int) -> [TuningKnobs] {
        var knobs = [standard]
        let favoured = favouredLayers.filter { $0 < layerCount }
        for entry in PolicyRegistry.entries {
            let halfLives = entry.defaultHalfLifeTokens == nil ? [] : Self.halfLives
            for name in [entry.name] + halfLives.map({ "\(entry.name):\($0)" }) {
                knobs.append(TuningKnobs(policy: name, pools: .perLayer))
                knobs.append(TuningKnobs(policy: name, pools: .global))
                knobs += favoured.map {
                    TuningKnobs(policy: name, pools: .perLayer, allocation: .shallow(wholeLayers: $0))
                }
                guard entry.takesLayerWeights else { continue }
                knobs += favoured.map {
                    TuningKnobs(policy: name, pools: .global, allocation: .soft(favouredLayers: $0))
                }
            }
        }
        return knobs
    }

    /// What a plan is told.
    ///
    /// - Throws: for a policy that does not exist.
    public func preference() throws(ResidencyError) -> StreamingPreference {
        var preference = StreamingPreference()
        if let policy { preference.policy = try PolicyRegistry.parse(policy) }
        preference.pools = pools
        preference.allocation = allocation
        return preference
    }

    public var description: String {
        if self == .standard { return "standard" }
        return "\(policy ?? "auto"), \(pools.rawValue), \(allocation)"
    }
}
