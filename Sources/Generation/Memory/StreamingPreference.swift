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
        /// Mapped, whether it fits or not.
        case mapped
        /// Streamed, even where all experts fit.
        case streamed
    }

    /// Mapped or streamed.
    public var source = Source.automatic
    /// The most bytes for slots.
    public var expertCacheBytes: Int?
    /// Which expert leaves.
    public var policy: PolicyChoice?
    /// Which layers may use which slots.
    public var pools = Pools.automatic
    /// Whether slots are given back when the machine runs short of memory.
    public var isElastic = false
    /// Whether experts are read ahead.
    public var prefetches = true
    /// How the disk is read.
    public var reading = ReadPlan.unmeasured

    /// All decided by what fits and what is known.
    public init() {}
}
