/// The arithmetic of Hangul syllables, which are made of two or three letters.
///
/// Source: the Unicode Standard, section 3.12, "Conjoining Jamo Behavior".
enum Hangul {
    static let syllables: Range<UInt32> = 0xAC00..<0xD7A4
    static let initials: Range<UInt32> = 0x1100..<0x1113
    static let vowels: Range<UInt32> = 0x1161..<0x1176
    static let finals: Range<UInt32> = 0x11A8..<0x11C3
    private static let finalCount: UInt32 = 28
    private static let vowelCount: UInt32 = 21

    static func decompose(_ syllable: UInt32, into scalars: inout [UInt32]) {
        let index = syllable - syllables.lowerBound
        scalars.append(initials.lowerBound + index / (vowelCount * finalCount))
        scalars.append(vowels.lowerBound + index % (vowelCount * finalCount) / finalCount)
        if index % finalCount > 0 { scalars.append(finals.lowerBound + index % finalCount - 1) }
    }

    static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if initials.contains(first), vowels.contains(second) {
            let pair = (first - initials.lowerBound) * vowelCount + second - vowels.lowerBound
            return syllables.lowerBound + pair * finalCount
        }
        let hasNoFinal = syllables.contains(first) && (first - syllables.lowerBound) % finalCount == 0
        return hasNoFinal && finals.contains(second) ? first + second - finals.lowerBound + 1 : nil
    }
}
