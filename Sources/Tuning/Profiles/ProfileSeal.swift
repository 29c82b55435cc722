import Kernels

/// The last line of a profile that the program wrote: a checksum of the others, by which a change by hand is
/// recognised.
///
/// A comment, so that the file stays a profile like any other.
public enum ProfileSeal {
    /// What a file tells about who wrote it.
    public enum State: Sendable, Equatable {
        /// The program, and nobody has changed it.
        case intact
        /// The program, and somebody has changed it.
        case edited
        /// Somebody else.
        case missing
    }

    private static let start = "# written by sluice tune, checksum "

    /// `text` with a seal behind it.
    ///
    /// - Precondition: `text` is empty or ends with its last line's end.
    public static func sealed(_ text: String) -> String {
        precondition(text.isEmpty || text.last == "\n", "the text ends inside a line")
        return text + start + checksum(text) + "\n"
    }

    /// What the seal of `text` tells.
    public static func state(of text: String) -> State {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let index = lines.lastIndex(where: { $0.hasPrefix(start) }) else { return .missing }
        let before = lines[..<index].map { $0 + "\n" }.joined()
        return text == before + start + checksum(before) + "\n" ? .intact : .edited
    }

    private static func checksum(_ text: String) -> String {
        var checksum = Checksum()
        let bytes = Array(text.utf8)
        checksum.append(bytes.span)
        let digits = String(checksum.value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
