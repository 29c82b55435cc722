public import ExpertStorage
public import Residency

/// How the experts of a model that is larger than its memory are kept and read.
public struct StreamingOptions: Sendable {
    /// Slots, and which layers may use which.
    public var shape: CacheShape
    /// Which expert leaves.
    public var policy: PolicyChoice
    /// How bytes come from the disk.
    public var reading: ReadPlan

    /// Places for experts that are read ahead, for each size of slot; 0 where nothing is guessed.
    public var guessAreas: Int

    /// Whether reading ahead stops where a trial shows that it does not pay.
    public var standsDown: Bool

    /// Whether slots are given back when the machine runs short of memory.
    public var isElastic: Bool

    public init(
        shape: CacheShape, policy: PolicyChoice, reading: ReadPlan, guessAreas: Int, standsDown: Bool = true,
        isElastic: Bool
    ) {
        self.shape = shape
        self.policy = policy
        self.reading = reading
        self.guessAreas = guessAreas
        self.standsDown = standsDown
        self.isElastic = isElastic
    }
}
