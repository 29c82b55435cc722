import ModelFiles

/// Cuts special tokens out of a text as wholes: the longest that starts at the leftmost place.
///
/// A trie over bytes, left at the first byte that no token starts with, so that ordinary text costs one
/// look-up per byte.
struct SpecialTokenMatcher: Sendable {
    /// A token and how it treats its surroundings.
    struct Pattern: Sendable {
        let token: TokenID
        let text: [UInt8]
        /// Whether it is recognised only where special tokens are parsed.
        let isControl: Bool
        /// Whether it swallows the white space before it, and after it.
        var takesSpaceBefore = false
        var takesSpaceAfter = false
        /// Whether letters, digits and `_` next to it make it ordinary text.
        var isWholeWord = false
    }

    /// Where in a text control tokens are recognised.
    enum ControlScope: Sendable {
        case everywhere
        case nowhere
        /// Everywhere but in these parts, which are ascending and do not overlap.
        case outside([Range<Int>])

        func allows(_ range: Range<Int>) -> Bool {
            switch self {
            case .everywhere: return true
            case .nowhere: return false
            case .outside(let parts):
                var low = 0
                var high = parts.count
                while low < high {
                    let middle = (low + high) / 2
                    if parts[middle].upperBound <= range.lowerBound {
                        low = middle + 1
                    } else {
                        high = middle
                    }
                }
                return low == parts.count || parts[low].lowerBound >= range.upperBound
            }
        }
    }

    /// A part of a text: a special token, or the bytes between two.
    enum Fragment: Equatable {
        case text(Range<Int>)
        case token(TokenID)
    }

    private let patterns: [Pattern]
    /// The node after each first byte; 0 where no token starts so. Node 0 is the root.
    private var firstNodes = [Int32](repeating: 0, count: 256)
    private var edges: PairTable
    /// Index into `patterns` of the token that ends at a node; negative where none does.
    private var ends: [Int32] = [-1]

    init(_ patterns: [Pattern]) {
        self.patterns = patterns
        edges = PairTable(capacity: patterns.reduce(0) { $0 + $1.text.count })
        for (index, pattern) in patterns.enumerated() where !pattern.text.isEmpty {
            var node: Int32 = 0
            for byte in pattern.text { node = child(of: node, byte) }
            ends[Int(node)] = Int32(index)
        }
    }

    private mutating func child(of node: Int32, _ byte: UInt8) -> Int32 {
        let known = edges.value(node, Int32(byte))
        if known != PairTable.none { return Int32(known) }
        let new = Int32(ends.count)
        ends.append(-1)
        edges.insert(node, Int32(byte), UInt64(new))
        if node == 0 { firstNodes[Int(byte)] = new }
        return new
    }

    /// The parts of a text, in order; none of them is empty.
    ///
    /// - Parameter control: where control tokens are recognised; user-defined ones are everywhere.
    /// Cost: O(bytes) times the longest token in the worst case, O(bytes) where special tokens are rare.
    func fragments(of bytes: [UInt8], parsingControl control: ControlScope) -> [Fragment] {
        var fragments: [Fragment] = []
        var textStart = 0
        var position = 0
        while position < bytes.count {
            guard firstNodes[Int(bytes[position])] != 0,
                let (pattern, end) = match(bytes, at: position, control)
            else {
                position += 1
                continue
            }
            var textEnd = position
            if pattern.takesSpaceBefore {
                textEnd = Self.startOfSpaces(bytes, before: position, from: textStart)
            }
            if textEnd > textStart { fragments.append(.text(textStart..<textEnd)) }
            fragments.append(.token(pattern.token))
            position = pattern.takesSpaceAfter ? Self.endOfSpaces(bytes, from: end) : end
            textStart = position
        }
        if textStart < bytes.count { fragments.append(.text(textStart..<bytes.count)) }
        return fragments
    }

    private func match(_ bytes: [UInt8], at start: Int, _ control: ControlScope) -> (Pattern, end: Int)? {
        var node = firstNodes[Int(bytes[start])]
        var position = start + 1
        var found: (Pattern, end: Int)?
        while true {
            if ends[Int(node)] >= 0 {
                let pattern = patterns[Int(ends[Int(node)])]
                let isAllowed = !pattern.isControl || control.allows(start..<position)
                if isAllowed && (!pattern.isWholeWord || Self.isWord(bytes, start..<position)) {
                    found = (pattern, position)
                }
            }
            guard position < bytes.count else { return found }
            let next = edges.value(node, Int32(bytes[position]))
            guard next != PairTable.none else { return found }
            node = Int32(next)
            position += 1
        }
    }

    private static func isWord(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        func isWordCharacter(_ position: Int) -> Bool {
            guard let (scalar, _) = UTF8Sequence.decode(bytes, at: position) else { return false }
            let classes = CharacterClass(rawValue: CharacterClasses.unicode.rawClass(of: scalar))
            return !classes.isDisjoint(with: [.letter, .number, .mark]) || scalar == 0x5F
        }
        if range.lowerBound > 0, isWordCharacter(start(ofCharacterBefore: range.lowerBound, bytes)) {
            return false
        }
        return range.upperBound >= bytes.count || !isWordCharacter(range.upperBound)
    }

    private static func startOfSpaces(_ bytes: [UInt8], before end: Int, from lowest: Int) -> Int {
        var position = end
        while position > lowest {
            let start = start(ofCharacterBefore: position, bytes)
            guard start >= lowest, isSpace(bytes, start) else { break }
            position = start
        }
        return position
    }

    private static func endOfSpaces(_ bytes: [UInt8], from start: Int) -> Int {
        var position = start
        while position < bytes.count, isSpace(bytes, position) {
            position += UTF8Sequence.length(startingWith: bytes[position])
        }
        return position
    }

    private static func isSpace(_ bytes: [UInt8], _ position: Int) -> Bool {
        guard let (scalar, _) = UTF8Sequence.decode(bytes, at: position) else { return false }
        return CharacterClasses.unicode.rawClass(of: scalar) & CharacterClass.space.rawValue != 0
    }

    private static func start(ofCharacterBefore position: Int, _ bytes: [UInt8]) -> Int {
        var start = position - 1
        while start > 0 && bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }
}
