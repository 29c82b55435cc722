/// The eviction policies by name.
public enum PolicyRegistry {
    /// One line each; the first is the default.
    public static let entries: [PolicyEntry] = [
        PolicyEntry(LFU.self),
        PolicyEntry(LRU.self),
        PolicyEntry(LFRU.self),
        PolicyEntry(ARC.self),
        PolicyEntry(S3FIFO.self),
        PolicyEntry(Sieve.self),
        PolicyEntry(WTinyLFU.self),
        PolicyEntry(LeastStale.self),
        PolicyEntry(LeastCostlyUsed.self),
    ]

    /// The policy that `text` names, as in `lru` or `lfu:64`.
    ///
    /// - Throws: `.unknownPolicy` with the nearest name; `.unexpectedHalfLife` for a number after a policy
    ///   that takes none; `.badHalfLife` for what is no number of tokens from 1 to 2^20.
    public static func parse(_ text: String) throws(ResidencyError) -> PolicyChoice {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0]).lowercased()
        guard let entry = entries.first(where: { $0.name == name }) else {
            let nearest = EditDistance.nearest(to: name, among: entries.map(\.name))
            throw ResidencyError(.unknownPolicy(name, nearest: nearest))
        }
        guard parts.count == 2 else { return PolicyChoice(entry: entry, halfLifeTokens: nil) }
        guard entry.defaultHalfLifeTokens != nil else {
            throw ResidencyError(.unexpectedHalfLife(policy: name))
        }
        guard let tokens = Double(parts[1]), tokens >= 1, tokens <= 0x1p20 else {
            throw ResidencyError(.badHalfLife(String(parts[1]), policy: name))
        }
        return PolicyChoice(entry: entry, halfLifeTokens: tokens)
    }
}

/// A policy as users know it.
public struct PolicyEntry: Sendable, CustomStringConvertible {
    /// The name that users give.
    public let name: String
    /// One line: what leaves.
    public let summary: String
    /// Whether it takes weights of layers.
    public let takesLayerWeights: Bool
    /// The half-life of uses where there is one and nobody chose.
    public let defaultHalfLifeTokens: Double?
    public var description: String { name }
    fileprivate let make: @Sendable (CacheShape, Double) -> any ExpertCaching

    init<Policy: EvictionPolicy & ~Copyable>(_ type: Policy.Type) {
        name = Policy.name
        summary = Policy.summary
        takesLayerWeights = Policy.takesLayerWeights
        defaultHalfLifeTokens = Policy.defaultHalfLifeTokens
        make = { shape, halfLifeTokens in
            ExpertCache<Policy>(shape, halfLifeTokens: halfLifeTokens) {
                cache, layer, experts, tick, event in
                cache.answer(layer: layer, experts: experts, tick: tick, into: &event)
            }
        }
    }
}

/// A policy with its number, as chosen by a user or a rule.
public struct PolicyChoice: Sendable, CustomStringConvertible {
    /// The policy.
    public let entry: PolicyEntry
    /// The half-life of uses that was chosen; nil for the policy's own.
    public let halfLifeTokens: Double?

    public init(entry: PolicyEntry, halfLifeTokens: Double?) {
        self.entry = entry
        self.halfLifeTokens = halfLifeTokens
    }

    /// A cache of `shape` with this policy.
    ///
    /// - Precondition: a shape with weights of layers needs a policy that takes them.
    public func makeCache(_ shape: CacheShape) -> any ExpertCaching {
        precondition(
            shape.layerWeights == nil || entry.takesLayerWeights, "\(entry.name) takes no weights of layers")
        return entry.make(shape, halfLifeTokens ?? entry.defaultHalfLifeTokens ?? 1)
    }

    /// As it is parsed: `lru`, `lfu:64`.
    public var description: String {
        guard let halfLifeTokens else { return entry.name }
        let tokens =
            halfLifeTokens.rounded() == halfLifeTokens
            ? String(Int(halfLifeTokens)) : String(halfLifeTokens)
        return "\(entry.name):\(tokens)"
    }
}
