public import Residency

/// What an import brought.
public struct ImportedTrace: Sendable {
    /// What the file held.
    public enum Content: Sendable {
        /// Who chose what, in order.
        case choices(RoutingTrace)
        /// How often each expert was chosen, without order.
        case usage(ExpertUsage)
    }

    /// What the file held.
    public let content: Content
    /// Sentences about what the format does not say and what was taken instead, or left out.
    public let notes: [String]
    /// The format that it was read as; set by ``TraceImport``.
    public internal(set) var format = ""

    init(_ content: Content, notes: [String]) {
        self.content = content
        self.notes = notes
    }
}
