/// Normalization Form C, which some tokenizers put their text into: `e` and a combining acute become `é`.
///
/// Source: Unicode Standard Annex 15 and section 3.12 of the standard (Hangul).
struct Composition: Sendable {
    static let unicode = Composition()

    private var decompositions: [UInt32: (first: UInt32, second: UInt32?)] = [:]
    private var compositions: [UInt64: UInt32] = [:]
    private var combiningClasses: [UInt32: UInt8] = [:]
    /// One bit per code point: set where a text with it may not be in the form already.
    private var suspects = [UInt64](repeating: 0, count: 0x110000 / 64)

    private init() {
        for entry in CompositionTable.singles {
            let source = UInt32(entry >> 21)
            decompositions[source] = (UInt32(entry & 0x1F_FFFF), nil)
            markSuspect(source)
        }
        for entry in CompositionTable.pairs {
            let source = UInt32(entry >> 42 & 0x1F_FFFF)
            let first = UInt32(entry >> 21 & 0x1F_FFFF)
            let second = UInt32(entry & 0x1F_FFFF)
            decompositions[source] = (first, second)
            if entry >> 63 == 1 {
                compositions[UInt64(first) << 32 | UInt64(second)] = source
                markSuspect(second)
            } else {
                markSuspect(source)
            }
        }
        let runs = CombiningClassTable.runs
        for (index, run) in runs.enumerated() where run & 0xFF != 0 {
            let end = index + 1 < runs.count ? runs[index + 1] >> 8 : 0x110000
            for scalar in run >> 8..<end {
                combiningClasses[scalar] = UInt8(run & 0xFF)
                markSuspect(scalar)
            }
        }
        for jamo in Hangul.vowels { markSuspect(jamo) }
        for jamo in Hangul.finals { markSuspect(jamo) }
    }

    /// The text in Normalization Form C; nil where it is in it already.
    ///
    /// - Precondition: `bytes[range]` is well-formed UTF-8.
    /// Cost: O(bytes).
    func composed(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8]? {
        guard hasSuspect(bytes, range) else { return nil }
        var scalars: [UInt32] = []
        scalars.reserveCapacity(range.count)
        var position = range.lowerBound
        while position < range.upperBound, let (scalar, length) = UTF8Sequence.decode(bytes, at: position) {
            decompose(scalar, into: &scalars)
            position += length
        }
        order(&scalars)
        var text = String.UnicodeScalarView()
        for scalar in composed(scalars) { text.append(Unicode.Scalar(scalar) ?? "\u{FFFD}") }
        let result = Array(String(text).utf8)
        return result[...] == bytes[range] ? nil : result
    }

    private func hasSuspect(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        var position = range.lowerBound
        while position < range.upperBound {
            // Below 0xCC every character is below U+0300, the first suspect.
            if bytes[position] < 0xCC {
                position += 1
            } else if let (scalar, length) = UTF8Sequence.decode(bytes, at: position) {
                if suspects[Int(scalar >> 6)] & 1 << UInt64(scalar & 63) != 0 { return true }
                position += length
            } else {
                return true
            }
        }
        return false
    }

    private mutating func markSuspect(_ scalar: UInt32) {
        suspects[Int(scalar >> 6)] |= 1 << UInt64(scalar & 63)
    }

    private func decompose(_ scalar: UInt32, into scalars: inout [UInt32]) {
        if Hangul.syllables.contains(scalar) { return Hangul.decompose(scalar, into: &scalars) }
        guard let (first, second) = decompositions[scalar] else { return scalars.append(scalar) }
        decompose(first, into: &scalars)
        if let second { decompose(second, into: &scalars) }
    }

    /// Sorts each run of combining characters by class, equal classes in place.
    private func order(_ scalars: inout [UInt32]) {
        var start = 0
        while start < scalars.count {
            guard combiningClasses[scalars[start]] != nil else {
                start += 1
                continue
            }
            var end = start
            while end < scalars.count, combiningClasses[scalars[end]] != nil { end += 1 }
            if end - start > 1 {
                let sorted = scalars[start..<end].enumerated().sorted { left, right in
                    let classes = (combiningClasses[left.element] ?? 0, combiningClasses[right.element] ?? 0)
                    return classes.0 == classes.1 ? left.offset < right.offset : classes.0 < classes.1
                }
                scalars.replaceSubrange(start..<end, with: sorted.map(\.element))
            }
            start = end
        }
    }

    private func composed(_ scalars: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(scalars.count)
        var starter: Int?
        var lastClass: UInt8?
        for scalar in scalars {
            let currentClass = combiningClasses[scalar] ?? 0
            // A character is blocked from its starter by one of the same or a higher class, or by another
            // starter between them.
            let isBlocked = lastClass.map { $0 >= currentClass } ?? false
            if let starter, !isBlocked, let composite = composite(result[starter], scalar) {
                result[starter] = composite
                continue
            }
            if currentClass == 0 {
                starter = result.count
                lastClass = nil
            } else {
                lastClass = currentClass
            }
            result.append(scalar)
        }
        return result
    }

    private func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
        Hangul.compose(first, second) ?? compositions[UInt64(first) << 32 | UInt64(second)]
    }
}

extension Tokenizer {
    /// Text in Normalization Form C, as tokenizers that ask for it see it.
    ///
    /// - Precondition: the bytes are well-formed UTF-8.
    package static func composed(_ bytes: [UInt8]) -> [UInt8] {
        Composition.unicode.composed(bytes, 0..<bytes.count) ?? bytes
    }
}
