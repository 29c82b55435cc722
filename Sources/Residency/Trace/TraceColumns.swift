/// What a trace holds beside the choices themselves.
public struct TraceColumns: Hashable, Sendable {
    /// Whether choices have weights.
    public var hasWeights: Bool
    /// Whether it is known where each chosen expert was.
    public var hasResidency: Bool
    /// Whether it is known what the disk delivered for each layer.
    public var hasBytesRead: Bool
    /// What predictors said.
    public var candidates: [TraceCandidates]

    public init(
        hasWeights: Bool = false, hasResidency: Bool = false, hasBytesRead: Bool = false,
        candidates: [TraceCandidates] = []
    ) {
        self.hasWeights = hasWeights
        self.hasResidency = hasResidency
        self.hasBytesRead = hasBytesRead
        self.candidates = candidates
    }
}

/// The experts that one predictor named for a layer from so many layers before.
public struct TraceCandidates: Hashable, Sendable {
    /// Who predicted: `stale-router`.
    public let predictor: String
    /// Layers with experts between the one that knew and the one that was predicted, 1 for the next.
    public let distance: Int
    /// Experts that are named for a token and layer, at most.
    public let count: Int

    /// - Precondition: distance and count from 1 on.
    public init(predictor: String, distance: Int, count: Int) {
        precondition(distance > 0 && count > 0, "\(count) candidates from \(distance) layers before")
        self.predictor = predictor
        self.distance = distance
        self.count = count
    }
}

/// Where an expert was when a step asked for it.
///
/// All rows of a step that chose an expert say the same of it: a step asks for an expert of a layer once.
public enum ChoiceResidency: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// Nobody noted it, or the whole model was in memory.
    case unknown
    /// In a slot.
    case hit
    /// In no slot, but its read had begun because it had been predicted.
    case foreseen
    /// In no slot, and nobody had asked for it.
    case miss
}
