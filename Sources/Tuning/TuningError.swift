/// What is wrong with a file of settings: where, what was found, what was expected and what to try.
public struct TuningError: Error, Sendable, Equatable {
    /// What is wrong; keys are given with their table, as in `memory.budget`.
    public enum Code: Sendable, Equatable {
        /// Too long to have been written as what it should be.
        case tooLarge(mostBytes: Int)
        /// The byte at `offset` starts no character of UTF-8.
        case invalidText(offset: Int)
        /// A character that no setting has a use for, and that would end a text early.
        case nullCharacter
        /// The text is no TOML; the parser's words.
        case syntax(String)
        /// A key or table that was given before.
        case duplicateKey(String, firstLine: Int)
        /// A key or table that does not exist; `advice` names the nearest, or all that there are.
        case unknownKey(String, advice: String)
        /// A value of another kind.
        case wrongType(key: String, found: String, expected: String)
        /// A quantity without its unit, or with one that does not exist.
        case wrongUnit(key: String, found: String, expected: String)
        /// A value of the right kind that cannot be.
        case outOfRange(key: String, found: String, expected: String)
        /// Two keys of which one has to go, with the reason.
        case conflict(String, with: String, otherLine: Int, reason: String)
        /// A key that another one cannot do without.
        case missingKey(String, neededBy: String)
    }

    /// What is wrong.
    public let code: Code
    /// The file.
    public let path: String
    /// Where in the file; nil where it concerns all of it.
    public let place: TextPlace?

    init(_ code: Code, path: String, place: TextPlace? = nil) {
        self.code = code
        self.path = path
        self.place = place
    }
}

extension TuningError: CustomStringConvertible {
    public var description: String {
        if let place { return "'\(path)', \(place): \(finding)" }
        return "'\(path)' \(finding)"
    }

    private var finding: String {
        switch code {
        case .tooLarge(let mostBytes):
            "has more than \(mostBytes) bytes; expected a TOML file of some lines, check the path"
        case .invalidText(let offset):
            "is not valid UTF-8: the byte at offset \(offset) starts no character; expected TOML, which is "
                + "text in UTF-8"
        case .nullCharacter: "here is a null character; expected text without any, leave it out"
        case .syntax(let words): "this is no TOML: \(words)"
        case .duplicateKey(let key, let firstLine):
            "\(key) is given twice, first in line \(firstLine); leave one of them out"
        case .unknownKey(let key, let advice): "there is no key \(key); \(advice)"
        case .wrongType(let key, let found, let expected): "\(key) is \(found); expected \(expected)"
        case .wrongUnit(let key, let found, let expected):
            "\(key) is \(found), without a unit that is known; expected \(expected)"
        case .outOfRange(let key, let found, let expected): "\(key) is \(found); expected \(expected)"
        case .conflict(let key, let other, let otherLine, let reason):
            "\(key) conflicts with \(other) in line \(otherLine): \(reason); leave one of them out"
        case .missingKey(let key, let other): "\(other) needs \(key) beside it; add it"
        }
    }
}

/// A place in a text, 1-based, as editors count: `line`, and `column` in characters.
public struct TextPlace: Sendable, Hashable, CustomStringConvertible {
    public let line: Int
    public let column: Int

    public var description: String { "line \(line), column \(column)" }
}
