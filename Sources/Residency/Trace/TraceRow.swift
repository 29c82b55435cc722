/// One token of a trace: where it stood and what it was computed with.
public struct TraceRow: Hashable, Sendable {
    /// Whether the token was given or generated.
    public enum Phase: UInt8, Sendable, CaseIterable {
        /// Part of a prompt.
        case prefill
        /// Computed alone, after the one before it was chosen.
        case decode
    }

    /// The text that it belongs to, from 0.
    public var sequence: UInt32
    /// Its place in that text, from 0.
    public var position: UInt32
    /// The forward step that computed it, from 0: rows of one step were computed together, and what several
    /// of them chose was one request.
    public var step: UInt32
    /// Its id; nil where the recorder did not know.
    public var token: UInt32?
    /// Prompt or answer.
    public var phase: Phase

    public init(sequence: UInt32, position: UInt32, step: UInt32, token: UInt32?, phase: Phase) {
        self.sequence = sequence
        self.position = position
        self.step = step
        self.token = token
        self.phase = phase
    }
}
