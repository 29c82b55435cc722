/// What a number of slots is good for, known before anything runs.
public struct WorkingSet: Hashable, Sendable {
    /// The model's experts.
    public let numbering: ExpertNumbering
    /// Experts that a layer chooses for a token.
    public let expertsPerToken: Int

    public init(numbering: ExpertNumbering, expertsPerToken: Int) {
        precondition(
            expertsPerToken > 0 && expertsPerToken <= numbering.expertCount,
            "\(expertsPerToken) of \(numbering.expertCount) experts")
        self.numbering = numbering
        self.expertsPerToken = expertsPerToken
    }

    /// Slots that one token uses.
    public var slotCount: Int { numbering.layerCount * expertsPerToken }

    /// How `slots` compare with what a token uses.
    public func fit(slots: Int) -> Fit {
        if slots < expertsPerToken { return .belowOneLayer }
        return slots < slotCount ? .belowOneToken : .whole
    }

    /// What to do with `slots` where nobody chose.
    public func advice(slots: Int) -> Advice {
        let fit = fit(slots: slots)
        let most = min(slots, numbering.layerCount * numbering.expertCount)
        let pools: CacheShape.Pools =
            fit == .whole
            ? .perLayer(SlotShares.uniform(slots: most, numbering: numbering)) : .global(slots: most)
        return Advice(
            fit: fit, shape: CacheShape(numbering: numbering, pools: pools),
            policy: PolicyChoice(entry: PolicyRegistry.entries[0], halfLifeTokens: nil))
    }

    /// A shape and a policy that hit at this number of slots, and the fit that decided.
    ///
    /// With less than a token's working set one pool, in which every expert of an event gets a slot, and a
    /// policy by frequency; otherwise slots of each layer, which hit as often as one pool or more on the
    /// traces that the default was chosen on.
    public struct Advice: Sendable {
        public let fit: Fit
        public let shape: CacheShape
        public let policy: PolicyChoice
    }

    /// What to expect of a number of slots.
    public enum Fit: Hashable, Sendable {
        /// Not even one layer's experts fit together.
        case belowOneLayer
        /// Between two uses of an expert more experts are used than there are slots: who evicts by recency
        /// from one pool evicts nearly everything before its next use. Who keeps by frequency still hits.
        case belowOneToken
        /// A token's experts fit.
        case whole
    }
}
