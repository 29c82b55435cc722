/// Who decides in a replay: a policy that an engine can run, or one that knows the future.
public enum ReplayPolicy: Sendable, CustomStringConvertible {
    case online(PolicyChoice)
    /// What is used again last leaves: no policy under which every miss takes a slot misses less.
    case belady
    /// The same where a miss need not take a slot: no policy at all misses less.
    case beladyBypass

    /// The bounds, which every replay has.
    public static let bounds: [ReplayPolicy] = [.belady, .beladyBypass]

    /// Every policy with its own settings, and the bounds.
    public static var all: [ReplayPolicy] {
        PolicyRegistry.entries.map { .online(PolicyChoice(entry: $0, halfLifeTokens: nil)) } + bounds
    }

    /// Reads `lru`, `lfu:64`, `belady` or `belady-bypass`.
    ///
    /// - Throws: what ``PolicyRegistry/parse(_:)`` throws.
    public static func parse(_ text: String) throws(ResidencyError) -> ReplayPolicy {
        if let bound = bounds.first(where: { $0.description == text.lowercased() }) { return bound }
        return .online(try PolicyRegistry.parse(text))
    }

    /// As it is parsed.
    public var description: String {
        switch self {
        case .online(let choice): choice.description
        case .belady: "belady"
        case .beladyBypass: "belady-bypass"
        }
    }

    /// Whether `allocation` means something to it: only some weigh layers, and bounds hold whatever weighs.
    public func takes(_ allocation: ReplayAllocation) -> Bool {
        guard case .online(let choice) = self, allocation.hasWeights else { return true }
        return choice.entry.takesLayerWeights
    }

    /// Whether one pass answers for all numbers of slots, as long as every event fits.
    var isStack: Bool {
        switch self {
        case .online(let choice): [LRU.name, LFU.name].contains(choice.entry.name)
        case .belady, .beladyBypass: true
        }
    }
}
