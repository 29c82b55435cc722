public import ModelFiles
public import Residency

/// What a trace is of, and how it came about: what its file says in front of the blocks.
public struct TraceHeader: Sendable, Equatable {
    /// What the blocks hold.
    public enum Kind: UInt8, Sendable {
        /// Tokens with their choices, in order.
        case routing
        /// Only how often each expert was chosen.
        case usage
    }

    /// What the blocks hold.
    public var kind: Kind
    /// Tells the model apart from others; nil where it is not known.
    public var fingerprint: ModelFingerprint?
    /// The model's name, for people: its file without folders.
    public var modelName: String
    /// The model's sizes.
    public var shape: TraceShape
    /// What there is beside the choices; nothing for a trace of the kind `usage`.
    public var columns: TraceColumns
    /// How it was recorded, in the order in which it was noted: `policy`, `memory`, `prompt` and the like.
    public var notes: [TraceNote]

    public init(
        kind: Kind = .routing, fingerprint: ModelFingerprint? = nil, modelName: String = "",
        shape: TraceShape, columns: TraceColumns = TraceColumns(), notes: [TraceNote] = []
    ) {
        self.kind = kind
        self.fingerprint = fingerprint
        self.modelName = modelName
        self.shape = shape
        self.columns = columns
        self.notes = notes
    }

    /// The value of the first note with this key.
    public func note(_ key: String) -> String? { notes.first { $0.key == key }?.value }
}

/// A fact of how a trace was recorded.
public struct TraceNote: Sendable, Equatable {
    /// What it is about: `policy`.
    public let key: String
    /// What was the case: `lfu:64`.
    public let value: String

    public init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}
