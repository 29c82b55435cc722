/// One message of a conversation.
public struct ChatMessage: Sendable, Equatable {
    /// Who speaks.
    public enum Role: String, Sendable, CaseIterable {
        /// Instructions for the whole conversation.
        case system
        /// Who asks.
        case user
        /// The model.
        case assistant
    }

    /// Who speaks.
    public let role: Role
    /// What is said, without any of the format's markup.
    public let content: String

    /// A message of `role`.
    public init(_ role: Role, _ content: String) {
        self.role = role
        self.content = content
    }
}

extension ChatMessage {
    /// The content without white space at its ends, as templates with `trim` write it.
    var trimmedContent: Substring {
        let start = content.firstIndex { !$0.isWhitespace } ?? content.endIndex
        let end = content.lastIndex { !$0.isWhitespace }.map(content.index(after:)) ?? start
        return content[start..<end]
    }
}
