/// Reads the one form of pattern that lists characters: `[a-zµ...]+`, or `\s?` in front of it.
enum LiteralRanges {
    /// The rule of such a pattern; nil for any other.
    static func rule(for pattern: String) -> (any PieceRule)? {
        var scalars = pattern.unicodeScalars[...]
        let takesSpace = scalars.starts(with: #"\s?["#.unicodeScalars)
        if takesSpace { scalars = scalars.dropFirst(3) }
        guard scalars.starts(with: "[".unicodeScalars), scalars.reversed().starts(with: "+]".unicodeScalars)
        else {
            return nil
        }
        let members = scalars.dropFirst().dropLast(2)
        // Escapes, classes, negation and nesting would need a regex engine.
        guard !members.isEmpty, !members.contains(where: { "\\[]^&".unicodeScalars.contains($0) }) else {
            return nil
        }
        return ranges(Array(members.map(\.value))).map { ScalarRangeRule($0, takesSpace: takesSpace) }
    }

    private static func ranges(_ members: [UInt32]) -> [ClosedRange<UInt32>]? {
        var ranges: [ClosedRange<UInt32>] = []
        var index = 0
        while index < members.count {
            let first = members[index]
            if index + 2 < members.count, members[index + 1] == 0x2D {
                guard members[index + 2] >= first else { return nil }
                ranges.append(first...members[index + 2])
                index += 3
            } else {
                ranges.append(first...first)
                index += 1
            }
        }
        return joined(ranges.sorted { $0.lowerBound < $1.lowerBound })
    }

    /// The same characters in ranges that neither touch nor overlap.
    private static func joined(_ sorted: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var joined: [ClosedRange<UInt32>] = []
        for range in sorted {
            if let last = joined.last, range.lowerBound <= last.upperBound + 1 {
                joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }
}
