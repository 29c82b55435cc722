/// A format of other programs that traces can be read from or written to, as `--format` names it.
public struct ForeignFormat: Sendable, Hashable {
    /// What `--format` takes.
    public let name: String
    /// One line about where it comes from and what it holds.
    public let summary: String

    init(_ name: String, _ summary: String) {
        self.name = name
        self.summary = summary
    }
}
